// What every page does besides being read: light or dark, the heading one is at, menus that shut, nothing held back
// in print.
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
      const at = __md_get(KEPT)?.index;
      return Number.isInteger(at) ? options[at] : undefined;
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
  addEventListener("keydown", ({ key, target }) => {
    if (key !== "Enter" || !options.includes(target)) return;
    const next = options[(options.indexOf(target) + 1) % options.length];
    next.click();
    next.focus();
  });
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
  let ended = false;
  const follow = () => {
    const at = ended ? places.length - 1 : places.reduce((last, place, n) => (passed.has(place) ? n : last), -1);
    links.forEach((link, n) => {
      link.classList.toggle("md-nav__link--passed", n < at);
      link.classList.toggle("md-nav__link--active", n === at);
    });
  };
  // Whatever stands above the first fifth of the window has been passed, however far above.
  const above = (seen) => {
    for (const { target, isIntersecting } of seen) passed[isIntersecting ? "add" : "delete"](target);
    follow();
  };
  const watch = new IntersectionObserver(above, { rootMargin: "1000000px 0px -80% 0px" });
  for (const place of places) if (place) watch.observe(place);
  // At the foot of a page that was scrolled, its last part is read, however short it is.
  const foot = document.querySelector("footer");
  const end = (seen) => {
    ended = seen.at(-1).isIntersecting && scrollY > 0;
    follow();
  };
  if (foot && links.length) new IntersectionObserver(end, { threshold: 0.99 }).observe(foot);

  // -- menus: what is chosen within a page shuts them, they say what is open, the page one is on is in view --

  const shut = () => {
    for (const each of document.querySelectorAll("#__drawer, #__search")) each.checked = false;
  };
  addEventListener("hashchange", shut);
  for (const link of document.querySelectorAll(".md-sidebar a[href*='#']")) link.addEventListener("click", shut);

  for (const each of document.querySelectorAll(".md-nav__toggle"))
    each.addEventListener("change", () => {
      document.querySelector(`[aria-labelledby="${each.id}_label"]`)?.setAttribute("aria-expanded", each.checked);
    });

  const menu = document.querySelector(".md-sidebar--primary .md-sidebar__scrollwrap");
  const here = menu?.querySelector(".md-nav__link--active");
  const show = ([{ isIntersecting, boundingClientRect: at, rootBounds: seen }], once) => {
    once.disconnect();
    if (!isIntersecting && seen?.height) menu.scrollTop += at.top - seen.top - seen.height / 2;
  };
  if (here) new IntersectionObserver(show, { root: menu }).observe(here);

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
