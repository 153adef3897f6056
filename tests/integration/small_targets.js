// Controls that are lower than 44 pixels.
() => [...document.querySelectorAll("main button, main select, main summary, header a, header button")]
    .filter((each) => each.checkVisibility() && each.getClientRects().length)
    .filter((each) => each.getBoundingClientRect().height < 44)
    .map((each) => `${each.textContent.trim()}: ${each.getBoundingClientRect().height}`)
