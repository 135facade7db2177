// Searches: names and codes out of one small file, then every text out of Pagefind's index, and last a link that
// asks the database. Texts are only ever set as text. What is where says search/now.js (publisher/search).
(() => {
  const PER_PAGE = 10; // records shown at once
  const LOOKED_AT = 30; // how many more hits are read before those that hold the words as written are picked out
  const NAMES = 8;
  const PAUSE = 200; // milliseconds without a key before texts are asked
  const LONGEST = 40;
  const AROUND = [24, 72]; // characters shown before and after a word found

  // A text as words of the index: publisher/search/tokens.py, letter for letter.
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const spelt = (character) => {
    let [n, letters] = [character.codePointAt(0), ""];
    for (let k = 0; k < 4; k++, n = Math.floor(n / 26)) letters = String.fromCharCode(97 + (n % 26)) + letters;
    return letters;
  };
  const ofRun = (run) => {
    if (/^[0-9a-z]/.test(run)) return [run.slice(0, LONGEST)];
    const all = Array.from(run, spelt);
    return (all.length > 1 ? all.slice(1).map((letters, n) => all[n] + letters) : all).map((word) => `ω${word}`);
  };
  const tokens = (text) => (plain(text).match(/[0-9a-z]+|(?:(?![0-9a-z])[\p{L}\p{N}])+/gu) ?? []).flatMap(ofRun);

  // "jy-2o26-7k": a code, or the beginning of one, with the letters O, I and L that no code has. A whole one may
  // have been typed without its dashes, or with spaces.
  const code = (word) => {
    const found = /^([a-z]{1,4})-([0-9oil]{4})(?:-([0-9a-z]{0,4}))?$/.exec(word);
    const told = (text) => text.replace(/o/g, "0").replace(/[il]/g, "1");
    return found && [found[1], told(found[2]), told(found[3] ?? "")];
  };
  const dashed = (text) => text.replace(/^([a-z]{1,4})[\s-]*(2[0o]\d\d)[\s-]*([0-9a-z]{4})$/, "$1-$2-$3");
  const asked = (text) => {
    const words = [...new Set(dashed(plain(text).trim()).split(/\s+/).filter(Boolean))];
    const parts = words.map((word) => {
      const found = code(word);
      if (!found) return { word, tokens: [...new Set(tokens(word))] };
      return { word: found.filter(Boolean).join("-"), tokens: [found.join("")] };
    });
    return { text: text.trim(), parts: parts.filter((part) => part.tokens.length) };
  };

  // Scripts hand over what they hold, so that this works from a folder too.
  const handed = new Map();
  const loading = new Map();
  const take = (value) => handed.set(document.currentScript.src, value);
  globalThis.mbSearch = { now: take, names: take };
  const script = (url) => {
    if (!loading.has(url)) {
      const loaded = new Promise((done, failed) => {
        const tag = document.createElement("script");
        tag.src = url;
        tag.onload = () => done(handed.get(tag.src));
        tag.onerror = () => (loading.delete(url), tag.remove(), failed(new Error(url)));
        document.head.append(tag);
      });
      loading.set(url, loaded);
    }
    return loading.get(url);
  };

  let engine;
  const pagefind = (now, root) =>
    (engine ??= (async () => {
      const [first, ...rest] = now.bundles.map((folder) => new URL(`${folder}/`, root).href);
      if (!first) return null;
      const found = await import(`${first}pagefind.js`);
      const options = { baseUrl: "/", metaCacheTag: "1" }; // the folder's name changes with what is in it
      await found.options(options);
      await found.init();
      await Promise.all(rest.map((folder) => found.mergeIndex(folder, options)));
      return found;
    })().catch((failed) => {
      engine = undefined;
      throw failed;
    }));

  const named = async (now, root, wanted) => {
    if (!now.names.length || !wanted.parts.length) return [];
    // One word is compared as it was tidied: a code with the letter O for 0.
    const whole = wanted.parts.length === 1 ? wanted.parts[0].word : plain(wanted.text);
    const file = now.names[whole.codePointAt(0) % now.names.length];
    const rank = ([, id, title]) => {
      const sides = [plain(title), plain(id)];
      if (sides.includes(whole)) return 0;
      if (sides.some((side) => side.startsWith(whole))) return 1;
      return wanted.parts.every(({ word }) => sides.some((side) => side.includes(word))) ? 2 : 3;
    };
    const ranked = (await script(new URL(file, root).href)).map((name) => [rank(name), name]);
    const found = ranked.filter(([n]) => n < 3).sort(([a, x], [b, y]) => a - b || x[2].length - y[2].length);
    return found.map(([, [kind, id, title]]) => ({ url: `${kind}/${id}.html`, title, code: id, kind: now.kinds[kind] }));
  };

  // How well a hit answers: 0 its heading holds every word as written, 1 its text does, 2 neither.
  const rank = (hit, parts) => {
    const heading = plain(`${hit.title}\n${hit.code}`);
    if (parts.every(({ word }) => heading.includes(word))) return 0;
    const all = `${heading}\n${plain(hit.text ?? "")}`;
    return parts.every(({ word }) => all.includes(word)) ? 1 : 2;
  };

  const tag = (name, className, ...inside) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...inside);
    return made;
  };

  // A text with the words in it marked, shortened to what stands round the first of them.
  const marked = (text, parts, short) => {
    const low = text.toLowerCase();
    const places = parts.map(({ word }) => low.indexOf(word)).filter((at) => at >= 0);
    const first = places.length ? Math.min(...places) : 0;
    const from = short ? Math.max(0, first - AROUND[0]) : 0;
    const to = short ? Math.min(text.length, first + AROUND[1]) : text.length;
    const made = [from > 0 ? "…" : ""];
    for (let at = from; at < to; ) {
      const next = parts.flatMap(({ word }) => {
        const start = low.indexOf(word, at);
        return start >= 0 && start + word.length <= to && low.length === text.length ? [[start, start + word.length]] : [];
      });
      const [start, end] = next.sort(([a], [b]) => a - b)[0] ?? [to, to];
      made.push(text.slice(at, start));
      if (end > start) made.push(tag("mark", "", text.slice(start, end)));
      at = Math.max(end, at + 1);
    }
    return [...made, to < text.length ? "…" : ""].filter(Boolean);
  };

  globalThis.mbSearching = (place, root) => {
    const input = place.querySelector("input");
    const form = place.querySelector("form");
    const meta = place.querySelector(".md-search-result__meta");
    const list = place.querySelector(".md-search-result__list");
    const after = place.querySelector(".mb-search-after");
    const own = place.classList.contains("mb-search-page");
    let turn = 0;
    let timer;

    const item = (hit, parts) => {
      const small = tag("small", "mb-search-what", [hit.kind, hit.code, hit.day].filter(Boolean).join(" · "));
      const inside = [tag("strong", "", ...marked(hit.title, parts, false)), small];
      const text = (hit.text ?? "").replace(/\s*\n\s*/g, " · ");
      if (text) inside.push(tag("span", "mb-search-text", ...marked(text, parts, true)));
      const article = tag("article", "md-search-result__article md-typeset", ...inside);
      const link = tag("a", "md-search-result__link", article);
      link.href = new URL(hit.url, root);
      return tag("li", "md-search-result__item", link);
    };

    // Shows what is found, as long as nothing else is asked meanwhile.
    const ask = async (now, wanted, late) => {
      if (late()) return;
      const { words } = now;
      const say = (key, params = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name) => params[name] ?? whole);
      const q = wanted.text;
      list.replaceChildren();
      after.replaceChildren();
      if (!q) {
        meta.textContent = words.hint;
        return;
      }
      meta.textContent = words.wait;
      const data = tag("a", "mb-search-data", tag("span", "", say("data", { q })), tag("small", "", words["data.small"]));
      data.href = now.data.replace("{q}", () => encodeURIComponent(q));
      after.append(data);

      const shown = new Set();
      const show = (hits) => {
        for (const hit of hits.filter((each) => !shown.has(each.url))) {
          shown.add(hit.url);
          list.append(item(hit, wanted.parts));
        }
      };
      const names = await named(now, root, wanted);
      if (late()) return;
      show(names.slice(0, NAMES));
      if (location.protocol === "file:") {
        meta.textContent = `${say("names", { q, n: names.length })} ${words.folder}`;
        return;
      }
      if (!wanted.parts.length) {
        meta.textContent = say("none", { q });
        return;
      }

      const found = await (await pagefind(now, root))?.search(wanted.parts.flatMap((part) => part.tokens).join(" "));
      if (late()) return;
      const hits = found?.results ?? [];
      // A word that is nowhere is taken for the next one in the alphabet; what does not hold it is left out.
      const sure = wanted.parts.every((part) => part.tokens.length === 1);
      const pool = [];
      let [at, holding, odd] = [0, 0, 0];
      const more = async () => {
        for (const until = at + LOOKED_AT; at < Math.min(until, hits.length) && pool.length < PER_PAGE; ) {
          const some = await Promise.all(hits.slice(at, at + PER_PAGE).map((hit) => hit.data()));
          if (late()) return;
          at += some.length;
          const told = some.map(({ raw_url: url, meta }) => ({ ...meta, url, rank: rank(meta, wanted.parts) }));
          const good = told.filter((hit) => hit.rank < 2);
          holding += good.length;
          pool.push(...good.filter((hit) => !shown.has(hit.url)));
          odd += told.length - good.length;
          if (sure && !good.length) at = hits.length;
        }
        pool.sort((one, other) => one.rank - other.rank);
        show(pool.splice(0, PER_PAGE));
        const left = hits.length - at + pool.length;
        for (const old of after.querySelectorAll("button")) old.remove();
        if (left > 0 && holding > 0) {
          const button = tag("button", "", say("more", { n: Math.min(left, PER_PAGE) }));
          button.type = "button";
          button.addEventListener("click", async () => {
            const last = list.lastElementChild;
            button.disabled = true;
            await more().catch(() => (meta.textContent = words.failed));
            (last?.nextElementSibling ?? list.lastElementChild)?.querySelector("a").focus();
          });
          after.prepend(button);
        }
      };
      await more();
      if (late()) return;
      const n = at < hits.length ? hits.length - odd : holding;
      meta.textContent = say(!list.children.length ? "none" : sure || at === hits.length ? "found" : "about", {
        n: Math.max(n, shown.size),
        q,
      });
    };

    const run = async () => {
      clearTimeout(timer);
      const mine = ++turn;
      list.setAttribute("aria-busy", "true");
      let now;
      try {
        now = await script(new URL("search/now.js", root).href);
        await ask(now, asked(input.value), () => mine !== turn);
      } catch {
        if (mine === turn) meta.textContent = now?.words?.failed ?? "";
      }
      if (mine === turn) list.setAttribute("aria-busy", "false");
    };

    input.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(run, PAUSE);
    });
    input.addEventListener("compositionend", () => (clearTimeout(timer), (timer = setTimeout(run, PAUSE))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (own) history.replaceState(null, "", `?q=${encodeURIComponent(input.value.trim())}`);
      run();
    });
    run();
  };
  globalThis.mbSearching.tokens = tokens; // tests hold it to publisher/search/tokens.py
})();
