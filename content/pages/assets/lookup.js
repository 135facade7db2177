// Finds an idea by the code on its receipt: the code is the address of its page, so nothing is looked up anywhere.
// Without this file the field stays hidden, and the sentence under it says how to find the page by hand.
(() => {
  const digits = { O: "0", I: "1", L: "1" };

  // "xs 2o26 7kq4" -> "XS-2026-7KQ4"; null where it cannot be a code. The letters in front may be left out.
  const tidy = (text, letters) => {
    const last = text.trim().replace(/\.html.*$/i, "").split("/").pop(); // a whole address may be pasted
    const bare = last.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");
    const rest = bare.startsWith(letters) ? bare.slice(letters.length) : bare;
    const told = rest.replace(/[OIL]/g, (letter) => digits[letter]);
    const found = /^(\d{4})([0-9A-HJKMNP-TV-Z]{4})$/.exec(told);
    return found && `${letters}-${found[1]}-${found[2]}`;
  };

  const there = async (page) => {
    try {
      return (await fetch(page, { method: "HEAD" })).status !== 404;
    } catch {
      return true; // opened from a folder, or no network: the browser itself says what is not there
    }
  };

  for (const form of document.querySelectorAll("form.mb-find")) {
    const { letters, path, empty, odd, unknown } = form.dataset;
    const said = form.querySelector("output");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = form.elements.code.value.trim();
      const code = tidy(text, letters);
      if (!code) {
        said.textContent = text ? odd.replace("{code}", () => text.slice(0, 40)) : empty;
        return;
      }
      const page = `${path}${code}.html`;
      said.textContent = "";
      if (await there(page)) location.assign(page);
      else said.textContent = unknown.replace("{code}", () => code);
    });
  }
})();
