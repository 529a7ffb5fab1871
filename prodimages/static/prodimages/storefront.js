/* Shoppers' pictures: puts a picture that was still being made in its place once it is there, and
   reports which pictures were seen and chosen. No cookies, no identity; a page works without it.

   A page that adds pictures later says so: document.dispatchEvent(new Event("prodimages:scan")). */
(() => {
  "use strict";

  const FIRST_WAIT = 1000; // ms before the first question
  const LONGEST_WAIT = 15000;
  const GROWTH = 1.5;
  const PATIENCE = 5 * 60 * 1000; // after that long, or so many failures in a row, it is left alone
  const MOST_FAILURES = 4;

  const waiting = new Map(); // picture -> { timer, wait, asked, failures, request }

  function note(picture) {
    const next = picture.nextElementSibling;
    return next && next.classList.contains("prodimages-note") ? next : null;
  }

  function tell(picture, name) {
    const place = note(picture);
    if (place) {
      place.textContent = place.dataset[name];
      place.dataset.state = name;
    }
  }

  function take(element, attribute) {
    const value = element.dataset[attribute];
    if (value) {
      element.setAttribute(attribute, value);
      delete element.dataset[attribute];
    }
  }

  /* The one that is shown stays until the new one is loaded: browsers see to that. */
  function swap(picture) {
    stop(picture);
    const image = picture.querySelector("img");
    const arrived = () => {
      picture.dataset.prodimages = "ready";
      tell(picture, "ready");
      picture.dispatchEvent(new CustomEvent("prodimages:ready", { bubbles: true }));
    };
    image.addEventListener("load", arrived, { once: true });
    for (const source of picture.querySelectorAll("source")) take(source, "srcset");
    take(image, "srcset");
    take(image, "src");
  }

  function stop(picture) {
    const state = waiting.get(picture);
    if (state) {
      clearTimeout(state.timer);
      if (state.request) state.request.abort();
      waiting.delete(picture);
    }
  }

  function giveUp(picture) {
    stop(picture);
    picture.dataset.prodimages = "later";
    tell(picture, "later");
  }

  function schedule(picture, state) {
    // A little chance, so that many pages do not ask in step.
    const wait = state.wait * (0.8 + 0.4 * Math.random());
    state.timer = setTimeout(() => ask(picture, state), wait);
    state.wait = Math.min(state.wait * GROWTH, LONGEST_WAIT);
  }

  async function ask(picture, state) {
    if (!picture.isConnected) return stop(picture);
    if (performance.now() - state.asked > PATIENCE) return giveUp(picture);
    state.request = new AbortController();
    let status = null;
    try {
      const response = await fetch(picture.dataset.address, {
        method: "HEAD",
        cache: "no-store",
        credentials: "omit",
        signal: state.request.signal,
      });
      status = response.ok ? response.headers.get("X-Prodimages-Status") : "refused";
    } catch {
      if (waiting.get(picture) !== state) return; // stopped meanwhile
    }
    state.request = null;
    if (waiting.get(picture) !== state) return;
    if (status === "ready" || status === "stale") return swap(picture);
    if (status === "pending") state.failures = 0;
    else if (status === null || status === "refused") state.failures += 1;
    else return giveUp(picture);
    if (state.failures >= MOST_FAILURES) return giveUp(picture);
    schedule(picture, state);
  }

  function wait(picture) {
    if (waiting.has(picture)) return;
    const state = { wait: FIRST_WAIT, asked: performance.now(), failures: 0, request: null };
    waiting.set(picture, state);
    schedule(picture, state);
  }

  function waitForAll() {
    if (document.visibilityState === "hidden") return;
    document.querySelectorAll('picture[data-prodimages="pending"]').forEach(wait);
  }

  function pause() {
    for (const picture of [...waiting.keys()]) stop(picture);
  }

  /* What was seen and chosen, by address alone. */
  const beacon = document.currentScript && document.currentScript.dataset.beacon;
  const reported = new Set();
  let unsent = { seen: [], chosen: [] };
  let sending = null;

  function send() {
    clearTimeout(sending);
    sending = null;
    if (!unsent.seen.length && !unsent.chosen.length) return;
    navigator.sendBeacon(beacon, JSON.stringify(unsent));
    unsent = { seen: [], chosen: [] };
  }

  function report(kind, address) {
    if (!beacon || !address || !navigator.sendBeacon) return;
    const name = `${kind} ${address}`;
    if (reported.has(name)) return; // once a page
    reported.add(name);
    unsent[kind].push(address);
    if (unsent.seen.length + unsent.chosen.length >= 50) send();
    else if (sending === null) sending = setTimeout(send, 2000);
  }

  const watcher =
    beacon && "IntersectionObserver" in window
      ? new IntersectionObserver(
          (entries) => {
            for (const entry of entries) {
              const picture = entry.target.closest("picture");
              if (!entry.isIntersecting || !picture) continue;
              if (picture.dataset.prodimages !== "ready") continue; // what stands in is not it
              watcher.unobserve(entry.target);
              report("seen", picture.dataset.address);
            }
          },
          { threshold: 0.5 },
        )
      : null;

  function watch(image) {
    if (watcher) {
      watcher.unobserve(image); // so that one that is in sight already is told of again
      watcher.observe(image);
    }
  }

  function scan() {
    waitForAll();
    document.querySelectorAll("picture[data-prodimages] img").forEach(watch);
  }

  document.addEventListener("prodimages:scan", scan);
  document.addEventListener("prodimages:ready", (event) => watch(event.target.querySelector("img")));
  document.addEventListener("change", (event) => {
    const choice = event.target.closest("input[data-prodimages-choice]");
    if (choice) report("chosen", choice.dataset.prodimagesChoice);
  });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-prodimages-choice]:not(input)");
    if (choice) report("chosen", choice.dataset.prodimagesChoice);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      pause();
      if (beacon) send();
    } else waitForAll();
  });
  // A page that waits in the back/forward cache must hold no connection, and goes on from there.
  addEventListener("pagehide", () => {
    pause();
    if (beacon) send();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) waitForAll();
  });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", scan);
  else scan();
})();
