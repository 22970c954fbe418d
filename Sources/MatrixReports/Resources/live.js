// The page of a run that goes on: asks for the page again when the server says that it has changed, and puts the changed parts in place.
(() => {
  "use strict";
  const told = document.createElement("p");
  told.id = "live";
  told.setAttribute("role", "status");
  document.querySelector("header").before(told);
  const say = text => { if (told.textContent !== text) told.textContent = text; };
  let last = null, isAsking = false, isWanted = false;

  // Open entries stay open, and a log whose end is shown follows.
  function keep(old, made) {
    if (old.open !== undefined && old.open) made.open = true;
    const before = old.querySelector?.(":scope > pre"), after = made.querySelector?.(":scope > pre");
    if (!before || !after) return () => {};
    const isAtEnd = before.scrollHeight - before.scrollTop - before.clientHeight < 40, top = before.scrollTop;
    return () => { after.scrollTop = isAtEnd ? after.scrollHeight : top; };
  }

  // The parts of a section with an id are kept if they have not changed: what is open, selected and searched in them stays.
  function mergeSection(live, before, next) {
    const olds = new Map([...live.children].filter(node => node.id).map(node => [node.id, node]));
    const earlier = new Map([...before.children].filter(node => node.id).map(node => [node.id, node.outerHTML]));
    const after = [];
    const children = [...next.children].map(node => {
      const old = olds.get(node.id);
      if (old && earlier.get(node.id) === node.outerHTML) return old;
      const made = document.importNode(node, true);
      if (old) after.push(keep(old, made));
      return made;
    });
    live.replaceChildren(...children);
    for (const action of after) action();
  }

  function show(page) {
    const focused = document.activeElement?.tagName === "SUMMARY" ? document.activeElement.parentElement.id : "";
    document.title = page.title;
    document.querySelector("link[rel=icon]").href = page.querySelector("link[rel=icon]").href;
    for (const place of ["header", "nav"]) {
      const next = page.querySelector(place), before = last?.querySelector(place);
      if (before?.outerHTML !== next.outerHTML) document.querySelector(place).replaceWith(document.importNode(next, true));
    }
    const main = document.querySelector("main"), sections = [...page.querySelectorAll("main > section")];
    main.classList.toggle("many", page.querySelector("main").classList.contains("many"));
    for (const old of [...main.querySelectorAll(":scope > section")]) if (!sections.some(next => next.id === old.id)) old.remove();
    let place = main.querySelector(":scope > #nothing");
    for (const next of sections) {
      const live = document.getElementById(next.id), before = last?.getElementById(next.id);
      let shown = live;
      if (!live) shown = document.importNode(next, true);
      else if (before?.outerHTML !== next.outerHTML) mergeSection(live, before ?? live, next);
      if (place.nextElementSibling !== shown) place.after(shown);
      place = shown;
    }
    last = page;
    document.dispatchEvent(new Event("matrix:changed"));
    if (focused) document.getElementById(focused)?.querySelector("summary")?.focus({ preventScroll: true });
  }

  // One question at a time; nobody looks at a hidden page.
  async function ask() {
    isWanted = true;
    if (isAsking || document.hidden) return;
    isAsking = true;
    while (isWanted && !document.hidden) {
      isWanted = false;
      try {
        const answer = await fetch(location.pathname, { cache: "no-store" });
        if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch { break; }
    }
    isAsking = false;
  }

  const source = new EventSource("live");
  source.addEventListener("open", () => say("live"));
  source.addEventListener("error", () => say(source.readyState === EventSource.CLOSED
    ? "The server refuses this address: start matrix ui again and open its link." : "The server does not answer; the page asks again."));
  source.addEventListener("changed", event => { say(event.data); ask(); });
  document.addEventListener("visibilitychange", () => { if (isWanted) ask(); });
  // A log shows its end when it is opened.
  document.addEventListener("toggle", event => {
    const lines = event.target.open && event.target.matches?.("details.log") ? event.target.querySelector("pre") : null;
    if (lines && told.textContent.startsWith("live") && !event.target.querySelector("mark")) lines.scrollTop = lines.scrollHeight;
  }, true);
})();
