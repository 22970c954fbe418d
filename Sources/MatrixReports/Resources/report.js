(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const form = document.getElementById("filter");
  const box = document.getElementById("query");
  const count = document.getElementById("count");
  const buttons = all("button[data-query]", form);
  const cells = all("details.cell").map(node => ({
    node, id: node.id, terms: ` ${node.dataset.terms.toLowerCase()} `, text: null,
    holds(word) { return (this.text ??= node.textContent.toLowerCase()).includes(word); },
  }));
  const marks = all("[data-cell]");
  const problems = all("article[data-cells]");

  // s:failed and axis:value name a property, s:failed,error either of two; anything else is text of the cell.
  function matches(cell, word) {
    const colon = word.indexOf(":");
    if (colon > 0 && cell.terms.includes(` ${word.slice(0, colon)}:`)) {
      return word.slice(colon + 1).split(",").some(value => cell.terms.includes(` ${word.slice(0, colon)}:${value} `));
    }
    return cell.holds(word);
  }

  function apply() {
    const query = box.value.trim();
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Set();
    for (const cell of cells) {
      const fits = words.every(word => matches(cell, word));
      cell.node.hidden = !fits;
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
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.query === query));
    count.textContent = words.length ? `${shown.size} of ${cells.length} cells` : "";
  }

  function remember() {
    const query = box.value.trim();
    history.replaceState(null, "", query ? `#q=${encodeURIComponent(query)}` : location.pathname + location.search);
  }

  function follow() {
    const hash = location.hash.slice(1);
    if (hash.startsWith("q=")) {
      try { box.value = decodeURIComponent(hash.slice(2)); } catch { box.value = ""; }
      return apply();
    }
    const target = hash && document.getElementById(decodeURIComponent(hash));
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
  addEventListener("beforeprint", () => { for (const cell of cells) cell.node.open = true; });
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
