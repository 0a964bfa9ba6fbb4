"use strict";
// Keep a card inside the window; without this script it still opens, only less well placed.
for (const n of document.querySelectorAll(".n")) {
  const place = () => {
    const c = n.querySelector(".card");
    c.style.setProperty("--shift", "0px");
    const box = c.getBoundingClientRect(), room = document.documentElement.clientWidth - 12;
    const shift = box.right > room ? room - box.right : box.left < 12 ? 12 - box.left : 0;
    c.style.setProperty("--shift", shift + "px");
  };
  n.addEventListener("mouseenter", place);
  n.addEventListener("focus", place);
}
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape" && document.activeElement) document.activeElement.blur();
});
