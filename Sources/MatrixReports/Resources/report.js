(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const byId = id => document.getElementById(id);
  const form = byId("filter");
  const box = byId("query");
  const count = byId("count");
  const nothing = byId("nothing");
  const entry = (node, ids) => ({
    node, ids, text: null,
    holds(words) { return words.every(word => (this.text ??= node.textContent.toLowerCase()).includes(word)); },
  });
  let differ, buttons, cells, causes, logs, fixed, marks, checks, rows, columns;

  // The parts of the page; again when a live page has new ones.
  function gather() {
    differ = byId("differ");
    buttons = all("button[data-query]");
    cells = all("[data-terms]").map(node => Object.assign(entry(node, [node.id]), { terms: ` ${node.dataset.terms.toLowerCase()} ` }));
    causes = all("[data-cells]").map(node => entry(node, node.dataset.cells.split(" ").filter(Boolean)));
    logs = all("details.log").map(node => entry(node, [node.dataset.cell]));
    fixed = all("li[data-cell]").map(node => entry(node, [node.dataset.cell]));
    marks = all("td[data-cell], tr[data-cell]");
    checks = document.querySelector("table.checks");
    rows = checks ? [...checks.tBodies[0].rows].map(node => Object.assign(entry(node, []), { isSame: node.classList.contains("same") })) : [];
    columns = checks ? all("thead th", checks).map((node, index) => ({ id: node.dataset.cell, index, isShown: true })).filter(column => column.id) : [];
  }

  const many = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  let words = [];
  let isNarrow = false;

  function show(node, fits) { if (node.hidden === fits) node.hidden = !fits; }

  // s:failed and axis:value match a property of a cell, s:failed,error either of two values; any other word is searched as text.
  function isTerm(word) {
    const colon = word.indexOf(":");
    return colon > 0 && cells.some(cell => cell.terms.includes(` ${word.slice(0, colon)}:`));
  }

  function matches(cell, term) {
    const colon = term.indexOf(":");
    return term.slice(colon + 1).split(",").some(value => cell.terms.includes(` ${term.slice(0, colon)}:${value} `));
  }

  function showColumns(shown) {
    for (const column of columns) {
      const fits = shown.has(column.id);
      if (fits === column.isShown) continue;
      column.isShown = fits;
      for (const row of checks.rows) {
        const place = row.cells[column.index];
        if (place && place.colSpan === 1) place.hidden = !fits;
      }
    }
  }

  function showRows() {
    const only = differ && !differ.hidden && differ.getAttribute("aria-pressed") === "true" && words.length === 0;
    let shown = 0;
    for (const row of rows) {
      const fits = row.holds(words) && !(only && row.isSame);
      show(row.node, fits);
      if (fits) shown += 1;
    }
    return shown;
  }

  function apply() {
    const query = box.value.trim();
    const parts = query.toLowerCase().split(/\s+/).filter(Boolean);
    const terms = parts.filter(isTerm);
    words = parts.filter(part => !isTerm(part));
    isNarrow = parts.length > 0;
    const chosen = new Set(cells.filter(cell => terms.every(term => matches(cell, term))).map(cell => cell.node.id));
    const has = item => item.ids.length === 0 ? terms.length === 0 : item.ids.some(id => chosen.has(id));
    const fitting = items => items.filter(item => { const fits = has(item) && item.holds(words); show(item.node, fits); return fits; });
    const shown = new Set(fitting(cells).map(cell => cell.node.id));
    const shownCauses = fitting(causes), shownLogs = fitting(logs), shownFixed = fitting(fixed);
    for (const node of marks) {
      const fits = (words.length ? shown : chosen).has(node.dataset.cell);
      if (node.tagName === "TR") show(node, fits); else node.classList.toggle("dim", !fits);
    }
    const shownRows = showRows();
    showColumns(words.length && shownRows ? chosen : shown);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.query === query));
    const found = isNarrow && (shown.size + shownCauses.length + shownLogs.length + shownFixed.length + (words.length ? shownRows : 0)) > 0;
    count.textContent = !isNarrow ? "" : [
      `${shown.size} of ${many(cells.length, "cell")}`, many(shownCauses.length, "cause"),
      words.length ? many(shownRows, "check") : "", words.length ? many(shownLogs.length, "log") : "",
    ].filter(text => text && !text.startsWith("0 c") && !text.startsWith("0 l")).join(", ");
    nothing.hidden = !isNarrow || found;
    // A heading over nothing tells nothing.
    for (const section of all("main > section")) {
      const items = all(".cause, .cell[data-terms], .log, table.checks tbody tr, li[data-cell], tr[data-cell], td[data-cell]", section);
      const isEmpty = items.length ? items.every(node => node.hidden || node.classList.contains("dim")) : words.length > 0;
      show(section, !(isNarrow && isEmpty));
    }
    highlight(shownLogs);
  }

  // Marks what was searched in the logs that are open, without an element for each place.
  function highlight(items) {
    if (!globalThis.CSS?.highlights) return;
    const ranges = [];
    for (const item of items) if (item.node.open && words.length) ranges.push(...places(item.node.querySelector("code"), words));
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function places(node, texts) {
    const found = [];
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() && found.length < 2000) {
      const text = walker.currentNode.data.toLowerCase();
      for (const word of texts) {
        for (let at = text.indexOf(word); at >= 0 && found.length < 2000; at = text.indexOf(word, at + word.length)) {
          const range = document.createRange();
          range.setStart(walker.currentNode, at);
          range.setEnd(walker.currentNode, at + word.length);
          found.push(range);
        }
      }
    }
    return found;
  }

  function onlyDiffering(only) {
    if (!differ) return;
    differ.setAttribute("aria-pressed", String(only));
    showRows();
  }

  // The address keeps what is shown: #q=s:failed os:rocky10&rows=all
  function remember() {
    const query = box.value.trim();
    const parts = query ? [`q=${encodeURIComponent(query)}`] : [];
    if (differ && !differ.hidden && differ.getAttribute("aria-pressed") === "false") parts.push("rows=all");
    history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.pathname + location.search);
  }

  function decoded(text) {
    try { return decodeURIComponent(text); } catch { return ""; }
  }

  function follow() {
    const hash = location.hash.slice(1);
    const parts = hash.split("&").map(part => part.split("="));
    if (parts.some(part => part.length === 2)) {
      const value = name => decoded((parts.find(part => part[0] === name) ?? ["", ""])[1]);
      box.value = value("q");
      onlyDiffering(value("rows") !== "all");
      return apply();
    }
    const target = hash && byId(decoded(hash));
    if (!target) return;
    if (target.closest("[hidden]")) { box.value = ""; apply(); }
    for (let details = target.closest("details"); details; details = details.parentElement.closest("details")) details.open = true;
    const isLine = target.tagName === "MARK";
    target.scrollIntoView({ block: isLine ? "center" : "start" });
    if (isLine) target.closest("pre").scrollLeft = 0;
  }

  function search(text) { box.value = text; apply(); remember(); }

  // Buttons that need a script are made by it.
  function button(text, label, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", () => action(made));
    return made;
  }

  async function copy(text, made, name) {
    try { await navigator.clipboard.writeText(text); made.textContent = "Copied"; } catch { made.textContent = "Not copied"; }
    setTimeout(() => { made.textContent = name; }, 2000);
  }

  // The search within one log; made when it is opened for the first time.
  function makeFind(log) {
    const code = log.querySelector("code");
    const field = document.createElement("input");
    const told = document.createElement("output");
    const row = document.createElement("p");
    let found = [], at = -1;
    field.type = "search";
    field.placeholder = "search in this log";
    field.setAttribute("aria-label", `Search in ${log.querySelector("summary").textContent.trim()}`);
    const go = step => {
      if (!found.length) return;
      at = (at + step + found.length) % found.length;
      told.textContent = `${at + 1} of ${found.length}`;
      const place = found[at].getBoundingClientRect(), view = code.parentElement, frame = view.getBoundingClientRect();
      view.scrollTop += place.top - frame.top - view.clientHeight / 2;
      view.scrollLeft = Math.max(0, place.right - frame.left + view.scrollLeft - view.clientWidth + 20);
    };
    field.addEventListener("input", () => {
      const text = field.value.toLowerCase();
      found = text ? places(code, [text]) : [];
      at = -1;
      told.textContent = text && !found.length ? "not found" : "";
      if (globalThis.CSS?.highlights) CSS.highlights.set("found", new Highlight(...found));
      go(1);
    });
    field.addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); go(event.shiftKey ? -1 : 1); } });
    row.className = "find";
    row.append(field, button("Previous", "Previous place in this log", () => go(-1)), button("Next", "Next place in this log", () => go(1)), told);
    log.querySelector("pre").before(row);
  }

  // Each node gets its listeners and buttons once.
  const dressed = new WeakSet();
  const fresh = nodes => nodes.filter(node => !dressed.has(node) && dressed.add(node));

  function dress() {
    for (const item of fresh(buttons)) item.addEventListener("click", () => search(item.dataset.query));
    for (const node of all(".buttons")) node.hidden = false;
    if (differ && fresh([differ]).length && rows.some(row => row.isSame) && rows.some(row => !row.isSame)) {
      differ.hidden = false;
      differ.addEventListener("click", () => { onlyDiffering(differ.getAttribute("aria-pressed") !== "true"); remember(); });
      onlyDiffering(!location.hash.includes("rows=all"));
    }
    for (const node of fresh(logs.map(log => log.node))) {
      node.addEventListener("toggle", () => {
        if (node.open && !node.querySelector(".find")) makeFind(node);
        if (words.length) highlight(logs.filter(item => !item.node.hidden));
      });
    }
    for (const code of navigator.clipboard ? fresh(all(".command code")) : []) {
      code.after(button("Copy", `Copy the command: ${code.textContent.slice(0, 80)}`, made => copy(code.textContent, made, "Copy")));
    }
    for (const link of navigator.clipboard ? all("a.link") : []) {
      const name = link.closest("details, .problem").querySelector("h3, h4, b").textContent.trim().slice(0, 80);
      link.replaceWith(button("Copy link", `Copy link: ${name}`, made => copy(link.href, made, "Copy link")));
    }
  }

  gather();
  dress();
  byId("clear").addEventListener("click", () => { search(""); box.focus(); });
  box.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", follow);
  document.addEventListener("matrix:changed", () => { gather(); dress(); apply(); });
  // A link to the present place changes no address.
  document.addEventListener("click", event => {
    const link = event.target.closest?.("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  addEventListener("beforeprint", () => { for (const node of all("details:not(.log)")) node.open = true; });

  // Keys: / search, j and k to the next and previous entry, e opens or closes all. The button switches them off for who types by voice.
  const keys = byId("keys");
  const isOn = keys.querySelector("button");
  keys.hidden = false;
  isOn.addEventListener("click", () => isOn.setAttribute("aria-pressed", String(isOn.getAttribute("aria-pressed") !== "true")));
  const visible = selector => all(selector).filter(node => node.getClientRects().length > 0);
  const actions = {
    "/"() { box.focus(); box.select(); },
    j() { step(1); },
    k() { step(-1); },
    e() {
      const entries = visible("details.cause, details.cell");
      const open = entries.some(node => !node.open);
      for (const node of entries) node.open = open;
    },
  };
  function step(by) {
    const entries = visible("details > summary");
    const here = entries.indexOf(document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : entries.length - 1) : Math.min(Math.max(here + by, 0), entries.length - 1);
    entries[next]?.focus();
  }
  addEventListener("keydown", event => {
    if (event.key === "Escape" && event.target === box && box.value) return search("");
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
    if (isOn.getAttribute("aria-pressed") !== "true" || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });
  form.hidden = false;
  follow();
})();
