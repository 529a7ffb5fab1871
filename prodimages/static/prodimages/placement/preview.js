// Asks the server for previews: only the newest wish counts, and never two at a time.

const DELAY = 180; // ms after the last change
const TRIES = 5;

export class Previews {
    constructor(address, query, on) {
        this.address = address;
        this.query = query; // () => URLSearchParams
        this.on = on; // {busy(isBusy), done(blob, geometry), refused(problems), waits(), failed()}
        this.timer = 0;
        this.running = false;
        this.again = false;
    }

    ask(delay = DELAY) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.run(), delay);
    }

    async run() {
        if (this.running) {
            this.again = true;
            return;
        }
        this.running = true;
        this.again = false;
        this.on.busy(true);
        try {
            await this.fetchOne();
        } catch {
            this.on.failed();
        }
        this.running = false;
        this.on.busy(false);
        if (this.again) {
            this.ask(0);
        }
    }

    async fetchOne() {
        for (let left = TRIES; left > 0; left -= 1) {
            const response = await fetch(`${this.address}?${this.query()}`, {
                credentials: "same-origin",
                headers: { Accept: "image/jpeg, application/json" },
            });
            const type = response.headers.get("Content-Type") || "";
            if (response.ok && type.startsWith("image/")) {
                const geometry = JSON.parse(response.headers.get("X-Placement"));
                this.on.done(await response.blob(), geometry, this.again);
                return;
            }
            if (response.status === 503 && left > 1) {
                this.on.waits();
                const seconds = Number(response.headers.get("Retry-After")) || 2;
                await new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });
            } else if (type.startsWith("application/json")) {
                this.on.refused((await response.json()).problems);
                return;
            } else {
                throw new Error(String(response.status));
            }
        }
    }
}
