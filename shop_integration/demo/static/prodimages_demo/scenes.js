/* Shows another scene in the place of the picture, without loading the page anew. Without this
   script the form does it, with its button. */
(() => {
  "use strict";
  const form = document.querySelector("form.scenes");
  const place = form && document.getElementById(form.dataset.target);
  if (!place) return;
  form.classList.add("live"); // the button is for those without a script

  let latest = 0;
  let byPointer = false; // arrow keys try one scene after the other: the page stays where it is
  form.addEventListener("pointerdown", () => { byPointer = true; });
  form.addEventListener("keydown", () => { byPointer = false; });
  const bringIntoView = () => {
    const box = place.getBoundingClientRect();
    if (!byPointer || box.bottom > innerHeight / 3) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    place.scrollIntoView({ block: "start", behavior: isCalm ? "auto" : "smooth" });
  };

  form.addEventListener("change", async () => {
    const number = ++latest;
    const query = new URLSearchParams(new FormData(form));
    const shown = query.get("scene") ? `?${query}` : location.pathname;
    query.set("part", "picture");
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`${location.pathname}?${query}`, { credentials: "same-origin" });
      const html = await response.text();
      if (number !== latest) return; // another scene was chosen since
      if (!response.ok) throw new Error(response.statusText);
      place.innerHTML = html;
      history.replaceState(null, "", shown);
      document.dispatchEvent(new Event("prodimages:scan"));
      bringIntoView();
    } catch {
      if (number === latest) form.submit(); // the server says it in words
    } finally {
      if (number === latest) place.removeAttribute("aria-busy");
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.dispatchEvent(new Event("change"));
  });
})();
