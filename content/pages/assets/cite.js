// Copies a citation as plain text, and says the fixed address of the release that is being read.
// Without this file the citation stands there all the same, to be copied by hand.
(() => {
  const kept = /\/release\/[0-9a-f.-]+\//;

  const button = (line, { copy, copied }) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = copy;
    const text = line.textContent;
    made.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        made.textContent = copied;
      } catch {
        getSelection().selectAllChildren(line.firstChild); // no clipboard here: marked, so that it can be copied
      }
    });
    const span = document.createElement("span");
    span.textContent = text;
    line.replaceChildren(span, " ", made);
  };

  const fixed = async (block) => {
    if (location.protocol === "file:") return; // the sentence above leads to all releases
    try {
      const release = await (await fetch(`${block.dataset.at}download/release.json`)).json();
      const root = new URL(block.dataset.at || ".", location.href).pathname;
      const path = location.pathname.slice(root.length);
      const link = document.createElement("a");
      link.href = link.textContent = `${release.address}${path}`;
      const line = document.createElement("p");
      line.className = "mb-s mb-m mb-p mb-fixed";
      line.append(block.dataset.fixed, link);
      block.append(line);
    } catch {
      // no network: likewise
    }
  };

  for (const block of document.querySelectorAll(".mb-citing")) {
    for (const line of block.querySelectorAll("dd")) button(line, block.dataset);
    if (!kept.test(location.pathname)) {
      if (block.tagName === "DETAILS") block.addEventListener("toggle", () => fixed(block), { once: true });
      else fixed(block);
    }
  }
})();
