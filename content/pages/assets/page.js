// What every page does besides being read: light or dark, the heading one is at, nothing held back in print.
// It stands in for the theme's own script, which is thirty times as large and mostly for what is not here
// (docs/decisions/0044). Without this file everything can be read, in light colours.
(() => {
  document.documentElement.classList.replace("no-js", "js");

  // -- light or dark: what was chosen here last, else what the system has --

  const KEPT = "__palette"; // the theme's own name for it: its script in the head puts it on before anything is drawn
  const options = [...document.querySelectorAll("[data-md-component=palette] input")];

  const wear = (option) => {
    const { mdColorMedia: media, mdColorScheme: scheme, mdColorPrimary: primary, mdColorAccent: accent } = option.dataset;
    const color = { media, scheme, primary, accent };
    for (const [name, value] of Object.entries(color)) document.body.setAttribute(`data-md-color-${name}`, value);
    for (const each of options) each.nextElementSibling.hidden = each !== option;
    option.checked = true;
    return { index: options.indexOf(option), color };
  };
  const kept = () => {
    try {
      return options[__md_get(KEPT)?.index];
    } catch {
      return undefined; // no storage here, or something else under that name
    }
  };
  const keep = (worn) => {
    try {
      __md_set(KEPT, worn);
    } catch {
      // worn until the next page
    }
  };
  const fitting = () => options.find(({ dataset }) => matchMedia(dataset.mdColorMedia).matches) ?? options[0];
  const dress = () => options.length && wear(kept() ?? fitting());

  dress();
  for (const each of options) each.addEventListener("change", () => keep(wear(each)));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);

  // -- where one is: the page's name in the header once its heading is gone, and the entry of the table of contents --

  const title = document.querySelector(".md-header__title");
  const heading = document.querySelector("article h1");
  if (title && heading) {
    const gone = ({ isIntersecting, boundingClientRect }) => !isIntersecting && boundingClientRect.top < 0;
    new IntersectionObserver((seen) => title.classList.toggle("md-header__title--active", gone(seen.at(-1)))).observe(heading);
  }

  const links = [...document.querySelectorAll(".md-sidebar--secondary a[href^='#']")];
  const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const passed = new Set();
  const follow = (seen) => {
    for (const { target, isIntersecting } of seen) passed[isIntersecting ? "add" : "delete"](target);
    const at = places.reduce((last, place, n) => (passed.has(place) ? n : last), -1);
    links.forEach((link, n) => {
      link.classList.toggle("md-nav__link--passed", n < at);
      link.classList.toggle("md-nav__link--active", n === at);
    });
  };
  // Whatever stands above the first fifth of the window has been passed, however far above.
  const watch = new IntersectionObserver(follow, { rootMargin: "1000000px 0px -80% 0px" });
  for (const place of places) if (place) watch.observe(place);

  // -- on paper nothing can be opened --

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
  });
})();
