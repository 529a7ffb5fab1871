// Sends the painted mask as the form would send a file.

import { encodeGray } from "./png.js";

/**
 * Post the mask with the fields of `form` and `extra`. Returns the address to go on to; throws an
 * Error with words for the person, for which `words.offline` and `words.refused` stand in.
 */
export async function saveMask(mask, form, extra, words) {
    const data = new FormData(form);
    data.set("mask", await encodeGray(mask), "mask.png");
    Object.entries(extra).forEach(([name, value]) => data.set(name, value));
    let response;
    try {
        response = await fetch(form.action, {
            method: "POST",
            body: data,
            headers: { Accept: "application/json" },
            credentials: "same-origin",
        });
    } catch {
        throw new Error(words.offline);
    }
    const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
    if (!isJson) {
        throw new Error(words.refused); // a session that ended answers with the log-in page
    }
    const answer = await response.json();
    if (!response.ok) {
        throw new Error(answer.errors.join(" "));
    }
    return answer.url;
}
