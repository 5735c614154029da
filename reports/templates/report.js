"use strict";
(() => {
  const id = (name) => document.getElementById(name);
  const cases = [...document.querySelectorAll("details.c")];
  const links = new Map([...document.querySelectorAll(".toc div a")].map((a) => [a.hash.slice(1), a]));
  const groups = document.querySelectorAll(".ch, .part, .toc div");
  const chips = [...document.querySelectorAll(".chips button")];
  const text = new Map(); // what a case says, in lower case, once it has been asked for
  const pressed = (chip) => chip.getAttribute("aria-pressed") === "true";

  const say = (one) => {
    if (!text.has(one)) text.set(one, one.textContent.toLowerCase());
    return text.get(one);
  };

  function filter() {
    const words = id("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = chips.filter(pressed).map((chip) => chip.dataset.o);
    const outcomes = wanted.filter((o) => o !== "r");
    const profile = id("p") ? id("p").value : "*";
    const chapter = id("h").value;
    let shown = 0;
    for (const one of cases) {
      const profiles = one.dataset.p.split(" ");
      const fits =
        (!outcomes.length || outcomes.includes(one.dataset.o)) &&
        (!wanted.includes("r") || "r" in one.dataset) &&
        (profile === "*" || profiles.includes(profile)) &&
        (!chapter || one.parentElement.dataset.h === chapter) &&
        words.every((word) => say(one).includes(word));
      one.hidden = !fits;
      links.get(one.id).hidden = !fits;
      shown += fits;
    }
    for (const group of groups) group.hidden = !group.querySelector(":scope > a:not([hidden]), details.c:not([hidden])");
    id("n").textContent = shown === cases.length ? `${shown} cases` : `${shown} of ${cases.length} cases`;
    id("none").hidden = shown > 0 || !cases.length;
  }

  function showAll() {
    id("q").value = "";
    if (id("p")) id("p").value = "*";
    id("h").value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    filter();
  }

  /* Opens what a link points at, even if the filter has hidden it. */
  function reveal() {
    const target = id(location.hash.slice(1));
    const one = target && target.closest("details");
    if (!one) return;
    if (target.closest("details.c[hidden]")) showAll();
    for (let at = target; at && at !== document.body; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    target.scrollIntoView();
  }

  /* Breaks a frame into lines without touching a character of its tokens. */
  function indent(json) {
    try {
      JSON.parse(json);
    } catch {
      return json;
    }
    let depth = 0;
    const line = () => "\n" + "  ".repeat(Math.min(depth, 40));
    return json.replace(/"(?:\\.|[^"\\])*"|[[\]{}](\s*[\]}])?|[,:]|\s+/g, (token) => {
      if (/^\s+$/.test(token)) return "";
      if (token === ",") return token + line();
      if (token === ":") return ": ";
      if (/^[[{]\s*[\]}]$/.test(token)) return token;
      if (token === "[" || token === "{") return (depth += 1), token + line();
      if (token[0] === "]" || token[0] === "}") {
        return [...token.replace(/\s/g, "")].map((c) => ((depth = Math.max(0, depth - 1)), line() + c)).join("");
      }
      return token;
    });
  }

  /* Gives a list of frames its button when it is opened for the first time. */
  function withButton(box) {
    const table = box.querySelector("table");
    const before = new Map();
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Indent";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const on = !pressed(button);
      button.setAttribute("aria-pressed", String(on));
      for (const cell of table.querySelectorAll("td:nth-child(2):not(.k)")) {
        const node = cell.firstChild;
        if (!node || node.nodeType !== Node.TEXT_NODE) continue;
        if (!before.has(node)) before.set(node, node.data);
        node.data = on ? indent(before.get(node)) : before.get(node);
      }
    });
    table.before(button);
  }

  document.querySelector(".filter").hidden = false;
  id("q").addEventListener("input", filter);
  id("q").addEventListener("keydown", (event) => event.key === "Escape" && ((id("q").value = ""), filter()));
  if (id("p")) id("p").addEventListener("change", filter);
  id("h").addEventListener("change", filter);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(!pressed(chip)));
      filter();
    });
  }
  id("all").addEventListener("click", showAll);
  id("o").addEventListener("click", () => cases.forEach((one) => one.hidden || (one.open = true)));
  id("x").addEventListener("click", () => cases.forEach((one) => (one.open = false)));
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      id("q").focus();
    }
  });
  document.addEventListener("toggle", (event) => {
    const box = event.target;
    if (box.open && box.classList.contains("y") && !box.querySelector("button")) withButton(box);
  }, true);
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".toc").open = false;
  addEventListener("hashchange", reveal);
  filter();
  if (location.hash) reveal();
})();
