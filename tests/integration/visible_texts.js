// What a page says: its texts, those that only screen readers hear, and what a pointer brings up.
() => {
  const found = new Set();
  const add = (text) => { if (/\p{L}{2}/u.test(text || "")) found.add(text.replace(/\u00ad/g, "").replace(/\s+/g, " ").trim()); };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("script, style, template, noscript, code, pre, .material-symbols-outlined, [lang]:not(html)")) continue;
    add(walker.currentNode.data);
  }
  for (const each of document.body.querySelectorAll("[aria-label], [title], [alt], [placeholder]"))
    for (const name of ["aria-label", "title", "alt", "placeholder"]) add(each.getAttribute(name));
  add(document.title);
  return [...found];
}
