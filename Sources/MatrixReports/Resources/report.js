(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const form = document.getElementById("filter");
  const box = document.getElementById("query");
  const count = document.getElementById("count");
  const differ = document.getElementById("differ");
  const buttons = all("button[data-query]", form);
  const cells = all("[data-terms]").map(node => ({
    node, id: node.id, terms: ` ${node.dataset.terms.toLowerCase()} `, text: null,
    holds(word) { return (this.text ??= node.textContent.toLowerCase()).includes(word); },
  }));
  const marks = all("[data-cell]").filter(node => node.tagName !== "TH");
  const problems = all("article[data-cells]");
  const checks = document.querySelector("table.checks");
  const columns = checks ? all("thead th", checks).map((node, index) => ({ id: node.dataset.cell, index, isShown: true })).filter(column => column.id) : [];
  const same = checks ? all("tr.same", checks) : [];

  // s:failed and axis:value match a property, s:failed,error either of two values; any other word matches the text of the cell.
  function matches(cell, word) {
    const colon = word.indexOf(":");
    if (colon > 0 && cell.terms.includes(` ${word.slice(0, colon)}:`)) {
      return word.slice(colon + 1).split(",").some(value => cell.terms.includes(` ${word.slice(0, colon)}:${value} `));
    }
    return cell.holds(word);
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

  function apply() {
    const query = box.value.trim();
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Set();
    for (const cell of cells) {
      const fits = words.every(word => matches(cell, word));
      if (cell.node.hidden === fits) cell.node.hidden = !fits;
      if (fits) shown.add(cell.id);
    }
    for (const node of marks) {
      const fits = shown.has(node.dataset.cell);
      if (node.tagName === "TR") node.hidden = !fits; else node.classList.toggle("dim", !fits);
    }
    for (const node of problems) {
      const ids = node.dataset.cells.split(" ").filter(Boolean);
      node.hidden = ids.length > 0 && !ids.some(id => shown.has(id));
    }
    showColumns(shown);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.query === query));
    count.textContent = words.length ? `${shown.size} of ${cells.length} cells` : "";
  }

  function onlyDiffering(only) {
    if (!differ) return;
    differ.setAttribute("aria-pressed", String(only));
    for (const row of same) row.hidden = only;
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
    const target = hash && document.getElementById(decoded(hash));
    if (!target) return;
    if (target.closest("[hidden]")) { box.value = ""; apply(); }
    const details = target.closest("details");
    if (details) details.open = true;
    target.scrollIntoView();
  }

  for (const button of buttons) {
    button.addEventListener("click", () => { box.value = button.dataset.query; apply(); remember(); });
  }
  box.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => { for (const cell of cells) if (cell.node.tagName === "DETAILS") cell.node.open = true; });
  if (differ && same.length > 0 && same.length < checks.tBodies[0].rows.length) {
    differ.hidden = false;
    differ.addEventListener("click", () => { onlyDiffering(differ.getAttribute("aria-pressed") !== "true"); remember(); });
    onlyDiffering(true);
  }
  for (const code of navigator.clipboard ? all(".command code") : []) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy the command: ${code.textContent.slice(0, 80)}`);
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(code.textContent); button.textContent = "Copied"; } catch { button.textContent = "Not copied"; }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    code.after(button);
  }
  form.hidden = false;
  follow();
})();
