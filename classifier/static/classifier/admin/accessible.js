// Unfold's two scrolled parts have one name; screen readers tell them apart by these.
addEventListener("load", () => {
  const menu = document.querySelector("#nav-sidebar-apps .simplebar-content-wrapper");
  menu?.setAttribute("aria-label", "Menu");
});
