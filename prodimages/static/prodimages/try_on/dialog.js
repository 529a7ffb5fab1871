// The try-on dialog: photo and consent, handles, the region, progress, picture, erase.
//
// The owner token stays in this tab's session storage and travels in a header only. Pictures are
// drawn on canvases, which no content security policy has to be loosened for. Without this script
// the button is a link to a page of plain forms.

import { Landmarks } from "./landmarks.js";
import { RegionEditor, canPaint } from "./region.js";

const HEADER = "X-Try-On-Token";
const KEPT = "prodimages-try-on-token";
const PLACE = "prodimages-try-on-place";

class TryOn {
    constructor(root) {
        this.root = root;
        this.dialog = root.querySelector("dialog");
        this.form = root.querySelector("[data-step='photo']");
        this.status = root.querySelector("[data-status]");
        this.bar = root.querySelector("progress");
        this.result = root.querySelector("[data-result]");
        this.landmarks = new Landmarks(root.querySelector("[data-landmarks]"));
        this.side = root.querySelector("[data-side]");
        this.region = new RegionEditor(root.querySelector("[data-region]"));
        this.timer = 0;
        this.now = null;
        this.#listen();
    }

    get words() {
        return this.root.dataset;
    }

    get token() {
        return sessionStorage.getItem(KEPT) || "";
    }

    set token(value) {
        if (value) {
            sessionStorage.setItem(KEPT, value);
        } else {
            sessionStorage.removeItem(KEPT);
        }
    }

    /** Address of the try-on that this tab has a token for; kept from page to page. */
    get here() {
        return sessionStorage.getItem(PLACE) || "";
    }

    set here(value) {
        if (value) {
            sessionStorage.setItem(PLACE, value);
        } else {
            sessionStorage.removeItem(PLACE);
        }
    }

    #listen() {
        this.root.querySelector("[data-open]").addEventListener("click", (event) => {
            event.preventDefault();
            this.dialog.showModal();
            this.#resume();
        });
        this.root.querySelector("[data-reuse]").addEventListener("click", () => this.#send(true));
        this.form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#send();
        });
        this.root.querySelector("[data-continue]").addEventListener("click", () => this.#agree());
        this.root.querySelector("[data-make]").addEventListener("click", () => this.#make());
        for (const button of this.root.querySelectorAll("[data-back], [data-points]")) {
            button.addEventListener("click", () => this.#back());
        }
        for (const button of this.root.querySelectorAll("[data-erase]")) {
            button.addEventListener("click", () => this.#erase());
        }
        for (const button of this.root.querySelectorAll("[data-close]")) {
            button.addEventListener("click", () => this.dialog.close());
        }
        this.dialog.addEventListener("close", () => clearTimeout(this.timer));
    }

    #show(step) {
        for (const part of this.root.querySelectorAll("[data-step]")) {
            part.hidden = part.dataset.step !== step;
        }
        this.root.dataset.state = step;
        const first = this.root.querySelector(`[data-step='${step}'] [data-first]`);
        if (first) {
            first.focus();
        }
    }

    #say(text, isWrong = false) {
        this.status.textContent = text;
        this.status.dataset.wrong = String(isWrong);
    }

    async #ask(address, options = {}) {
        const headers = { ...options.headers };
        if (this.token) {
            headers[HEADER] = this.token;
        }
        const answer = await fetch(address, {
            ...options,
            headers,
            credentials: "omit",
            cache: "no-store",
        });
        if (!answer.ok) {
            let detail = this.words.failed;
            try {
                detail = (await answer.json()).detail || detail;
            } catch {
                // not one of ours: the words for a failure stay
            }
            throw Object.assign(new Error(detail), { status: answer.status });
        }
        return answer;
    }

    /** Go on where the dialog was closed; with another product's photo, ask first. */
    async #resume() {
        this.#say("");
        if (!this.here || !this.token) {
            this.#show("photo");
            return;
        }
        try {
            const now = await (await this.#ask(this.here)).json();
            if (now.product === this.form.elements.product.value) {
                this.#show("progress");
                this.#follow(now);
            } else {
                this.#show("kept");
            }
        } catch {
            this.#forget(); // its time is over, or it was erased
        }
    }

    #forget() {
        this.here = "";
        this.token = "";
        this.region.clear();
        for (const canvas of this.root.querySelectorAll("canvas")) {
            canvas.width = 0;
        }
        this.#show("photo");
    }

    async #send(isKept = false) {
        this.#say(this.words.sending);
        const sending = this.form.querySelector("[type='submit']");
        sending.disabled = true;
        try {
            const body = new FormData(this.form);
            body.set("show_region", canPaint ? "yes" : "no");
            if (isKept) {
                ["photo", "consent", "of_age"].forEach((name) => body.delete(name));
            } else {
                this.token = "";
            }
            const answer = await this.#ask(this.words.url, { method: "POST", body });
            const made = await answer.json();
            this.token = made.token;
            this.here = made.links.self;
            this.form.reset();
            this.#show("progress");
            this.#follow(made);
        } catch (error) {
            this.#say(error.message, true);
        } finally {
            sending.disabled = false;
        }
    }

    #follow(now) {
        clearTimeout(this.timer);
        if (now.percent) {
            this.bar.value = now.percent;
        } else {
            this.bar.removeAttribute("value"); // it moves, though nobody knows how far it is
        }
        if (["looking", "outlining", "making"].includes(now.state)) {
            this.#say(this.words[now.state]);
            this.timer = setTimeout(() => this.#look(), 1000);
        } else if (now.state === "placing") {
            this.#place(now).catch((error) => this.#say(error.message, true));
        } else if (now.state === "painting") {
            this.#paint(now).catch((error) => this.#say(error.message, true));
        } else if (now.state === "done") {
            this.#finish(now).catch((error) => this.#say(error.message, true));
        } else {
            this.now = now;
            this.root.querySelector("[data-points]").hidden = !now.problem?.may_place;
            this.#say(now.problem ? now.problem.detail : this.words.failed, true);
            this.#show("failed");
        }
    }

    async #look() {
        try {
            this.#follow(await (await this.#ask(this.here)).json());
        } catch (error) {
            this.#say(error.message, true);
            if (error.status) {
                this.#show("failed");
            } else {
                this.timer = setTimeout(() => this.#look(), 3000);
            }
        }
    }

    async #file(address) {
        return (await this.#ask(address)).blob();
    }

    async #draw(address, canvas) {
        const file = await this.#file(address);
        const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
        canvas.width = picture.width;
        canvas.height = picture.height;
        canvas.getContext("bitmaprenderer").transferFromImageBitmap(picture);
    }

    async #place(now) {
        await this.#draw(now.links.photo, this.root.querySelector("[data-stage] canvas"));
        this.landmarks.load(now.landmarks);
        this.side.hidden = !now.asks_front_view;
        this.#say(this.words.placing);
        this.#show("placing");
    }

    /** The region over the photo, before the picture is made. */
    async #paint(now) {
        this.now = now;
        const files = [now.links.photo, now.links.region].map((address) => this.#file(address));
        this.#show("painting");
        await this.region.load(...(await Promise.all(files)));
        this.#say(this.words.painting);
    }

    #back() {
        this.#place(this.now).catch((error) => this.#say(error.message, true));
    }

    /** What is sent when the points are in place; null while the photo's side is not said. */
    #agreement() {
        const said = { landmarks: this.landmarks.value(), show_region: canPaint };
        if (!this.side.hidden) {
            const answer = this.side.querySelector(":checked");
            if (!answer) {
                return null;
            }
            said.front_view = answer.value === "yes";
        }
        return said;
    }

    async #agree() {
        const said = this.#agreement();
        if (!said) {
            this.#say(this.words.sideMissing, true);
            this.side.querySelector("input").reportValidity(); // says so beside it
            return;
        }
        const put = (body) => this.#ask(`${this.here}landmarks/`, {
            method: "PUT",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify(body),
        });
        await this.#go("placing", async () => {
            try {
                return await put(said);
            } catch (error) {
                if (error.status !== 429 || !said.show_region) {
                    throw error;
                }
                return put({ ...said, show_region: false }); // looked at often enough
            }
        });
    }

    async #make() {
        const body = await this.region.value();
        await this.#go("painting", () => this.#ask(`${this.here}region/`, {
            method: "PUT",
            headers: { "Content-Type": "image/png" },
            body,
        }));
    }

    /** Send what was said in `step`, and go on with the answer; back to it where it is refused. */
    async #go(step, send) {
        this.#show("progress");
        this.bar.removeAttribute("value");
        this.#say(this.words.making);
        try {
            this.#follow(await (await send()).json());
        } catch (error) {
            this.#say(error.message, true);
            this.#show(step);
        }
    }

    async #finish(now) {
        await this.#draw(now.links.image, this.result);
        this.#say([this.words.done, ...now.notices].join(" "));
        this.#show("done");
    }

    async #erase() {
        clearTimeout(this.timer);
        try {
            if (this.here && this.token) {
                await this.#ask(this.here, { method: "DELETE" });
            }
            this.#say(this.words.erased);
        } catch (error) {
            if (error.status !== 403) {
                this.#say(error.message, true);
                return;
            }
            this.#say(this.words.erased);
        }
        this.#forget();
    }
}

for (const root of document.querySelectorAll("[data-try-on]")) {
    root.tryOn = new TryOn(root);
}
