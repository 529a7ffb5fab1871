"use strict";

// A click on the photo fills in where its gray point is; the form sends it.
(() => {
  const form = document.getElementById("pi-gray-point");
  if (!form) return;
  for (const photo of document.querySelectorAll(".pi-original img, #pi-gray-photo")) {
    photo.style.cursor = "crosshair";
    photo.addEventListener("click", (event) => {
      const box = photo.getBoundingClientRect();
      const share = (at, from, length) =>
        Math.min(100, Math.max(0, (100 * (at - from)) / length)).toFixed(1);
      form.elements.x.value = share(event.clientX, box.left, box.width);
      form.elements.y.value = share(event.clientY, box.top, box.height);
      form.querySelector("button[value=gray]").focus();
    });
  }
})();
