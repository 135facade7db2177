// Opens the search field: by its button, by "/", by stepping into it. What searches is loaded only then
// (searching.js). Without this file the button is a link to search.html, and the field a form that leads there.
(() => {
  const root = new URL("..", document.currentScript.src);
  const box = document.getElementById("mb-search");
  const toggle = document.getElementById("__search");
  const page = document.querySelector(".mb-search-page");
  const typing = "input, textarea, select, [contenteditable]";

  let ready;
  const searching = () =>
    (ready ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL("assets/searching.js", root);
      script.onload = () => done(globalThis.mbSearching);
      script.onerror = () => ((ready = undefined), script.remove(), failed(new Error(script.src)));
      document.head.append(script);
    }));

  const start = async (place) => {
    if (place.dataset.started) return;
    place.dataset.started = "yes";
    try {
      (await searching())(place, root);
    } catch {
      delete place.dataset.started; // tried again at the next focus; the form still leads to search.html
    }
  };

  const begin = (place) => {
    place.querySelector("input").addEventListener("focus", () => start(place));
    return place;
  };

  if (page) {
    const asked = new URLSearchParams(location.search).get("q");
    const input = begin(page).querySelector("input");
    if (asked) {
      input.value = asked.slice(0, input.maxLength);
      start(page);
    }
  }
  if (!box || !toggle) return;

  const input = begin(box).querySelector("input");
  const close = box.querySelector(".mb-search-close");
  const button = document.querySelector(".mb-search-open");
  close.hidden = false;

  const turn = (on) => {
    toggle.checked = on;
  };
  const open = () => (page ? page.querySelector("input").focus() : (turn(true), input.focus()));
  const shut = () => {
    const back = box.contains(document.activeElement);
    turn(false);
    input.blur();
    if (back && button.offsetParent) button.focus();
  };

  button.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  close.addEventListener("click", shut);
  input.addEventListener("focus", () => turn(true));
  toggle.addEventListener("change", () => toggle.checked || input.blur());
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !box.contains(relatedTarget)) turn(false);
  });

  addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && toggle.checked) {
      shut();
    } else if (event.key === "/" && !event.target.closest?.(typing)) {
      event.preventDefault();
      open();
    } else if (/^Arrow(Up|Down)$/.test(event.key) && (box.contains(event.target) || page?.contains(event.target))) {
      const place = box.contains(event.target) ? box : page;
      const stops = [place.querySelector("input"), ...place.querySelectorAll("li a, .mb-search-after :is(a, button)")];
      const at = stops.indexOf(event.target);
      if (at < 0) return;
      stops[(at + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
      event.preventDefault();
    }
  });
})();
