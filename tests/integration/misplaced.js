// Texts and controls that leave the screen, or that lie over each other.
() => {
    const seen = [...document.querySelectorAll("main button, main a, main select, main summary, main p, main h1")]
        .filter((each) => each.checkVisibility() && each.getClientRects().length && !each.closest(".hidden"));
    const out = seen.filter((each) => {
        const box = each.getBoundingClientRect();
        return box.right > innerWidth + 1 || box.left < -1;
    });
    const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const pairs = seen.flatMap((one, n) => seen.slice(n + 1)
        .filter((other) => !one.contains(other) && !other.contains(one))
        .filter((other) => over(one.getBoundingClientRect(), other.getBoundingClientRect()))
        .map((other) => [one, other]));
    return [...out, ...pairs.flat()].map((each) => each.textContent.trim() || each.tagName);
}
