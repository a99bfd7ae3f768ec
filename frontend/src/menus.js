// details[data-menu] closes when one looks elsewhere, and on Escape.
export function startMenus() {
  const close = (except) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    close();
    open?.querySelector("summary").focus();
  });
  const drawer = document.querySelector("details[data-drawer]");
  if (drawer && matchMedia("(max-width: 991px)").matches) drawer.open = false;
}
