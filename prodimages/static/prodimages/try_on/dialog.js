// The try-on dialog: photo and consent, handles, progress, picture, erase.
//
// The owner token stays in this tab's session storage and travels in a header only. Without this
// script the button is a link to a page of plain forms.

import { Landmarks } from "./landmarks.js";

const HEADER = "X-Try-On-Token";
const KEPT = "prodimages-try-on-token";

class TryOn {
    constructor(root) {
        this.root = root;
        this.dialog = root.querySelector("dialog");
        this.form = root.querySelector("[data-step='photo']");
        this.status = root.querySelector("[data-status]");
        this.bar = root.querySelector("progress");
        this.result = root.querySelector("[data-result]");
        this.landmarks = new Landmarks(root.querySelector("[data-landmarks]"));
        this.here = "";
        this.timer = 0;
        this.pictures = [];
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

    #listen() {
        this.root.querySelector("[data-open]").addEventListener("click", (event) => {
            event.preventDefault();
            this.dialog.showModal();
            this.#show("photo");
        });
        this.form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#send();
        });
        this.root.querySelector("[data-make]").addEventListener("click", () => this.#agree());
        for (const button of this.root.querySelectorAll("[data-erase]")) {
            button.addEventListener("click", () => this.#erase());
        }
        for (const button of this.root.querySelectorAll("[data-close]")) {
            button.addEventListener("click", () => this.dialog.close());
        }
        for (const button of this.root.querySelectorAll("[data-again]")) {
            button.addEventListener("click", () => this.#show("photo"));
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

    async #send() {
        this.#say(this.words.sending);
        const sending = this.form.querySelector("[type='submit']");
        sending.disabled = true;
        try {
            this.token = "";
            const answer = await this.#ask(this.words.url, {
                method: "POST",
                body: new FormData(this.form),
            });
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
        if (now.state === "looking" || now.state === "making") {
            this.#say(now.state === "looking" ? this.words.looking : this.words.making);
            this.timer = setTimeout(() => this.#look(), 1000);
        } else if (now.state === "placing") {
            this.#place(now);
        } else if (now.state === "done") {
            this.#finish(now);
        } else {
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

    async #picture(address) {
        const blob = await (await this.#ask(address)).blob();
        const shown = URL.createObjectURL(blob);
        this.pictures.push(shown);
        return shown;
    }

    async #place(now) {
        const image = this.root.querySelector("[data-stage] img");
        image.src = await this.#picture(now.links.photo);
        this.landmarks.load(now.landmarks);
        this.#say(now.photo.faces ? this.words.placing : this.words.faceless);
        this.#show("placing");
    }

    async #agree() {
        this.#show("progress");
        this.bar.removeAttribute("value");
        this.#say(this.words.making);
        try {
            const answer = await this.#ask(`${this.here}landmarks/`, {
                method: "PUT",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ landmarks: this.landmarks.value() }),
            });
            this.#follow(await answer.json());
        } catch (error) {
            this.#say(error.message, true);
            this.#show("placing");
        }
    }

    async #finish(now) {
        this.result.src = await this.#picture(now.links.image);
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
        this.here = "";
        this.token = "";
        this.pictures.splice(0).forEach((address) => URL.revokeObjectURL(address));
        this.result.removeAttribute("src");
        this.root.querySelector("[data-stage] img").removeAttribute("src");
        this.#show("photo");
    }
}

for (const root of document.querySelectorAll("[data-try-on]")) {
    root.tryOn = new TryOn(root);
}
