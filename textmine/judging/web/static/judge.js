// Saves as the judge goes, and says so. Without this script the form is sent by its button.
"use strict";
(() => {
  const waiting = new Set();
  let failures = 0;

  const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const tell = (part, message, kind) => {
    const state = part.querySelector(".state");
    const told = document.createElement("span");
    told.className = kind;
    told.textContent = message;
    state.replaceChildren(told);
  };

  const scales = (form) => [...form.querySelectorAll("[data-saves]")].filter((part) => part.querySelector("[name^=value_]"));
  const isScored = (part) => Boolean(part.querySelector("[name^=value_]:checked, [name^=value_][type=number]:valid:not(:placeholder-shown)"));

  // A request that is sent again has the key of the first: the server stores it once.
  document.addEventListener("htmx:configRequest", (event) => {
    const part = event.detail.elt;
    if (!part.matches("[data-saves]")) return;
    const content = JSON.stringify(
      Object.entries(event.detail.parameters).filter(([name]) => !["csrf", "key", "hidden", "last"].includes(name)),
    );
    if (part.dataset.content !== content) {
      part.dataset.content = content;
      part.dataset.key = newKey();
    }
    event.detail.parameters.key = part.dataset.key;
    if (scales(part.closest("form")).every(isScored)) event.detail.parameters.last = "1";
    waiting.add(part);
    tell(part, part.closest("form").dataset.saving, "waits");
  });

  const failed = (event) => {
    const part = event.detail.elt;
    if (!part.matches("[data-saves]")) return;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status >= 400 && status < 500) {
      waiting.delete(part); // refused: the answer says why
      return;
    }
    waiting.add(part);
    tell(part, part.closest("form").dataset.failed, "bad");
    failures += 1;
    setTimeout(() => htmx.trigger(part, "change"), Math.min(30000, 1000 * 2 ** Math.min(failures, 5)));
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:timeout", failed);

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt.matches("[data-saves]")) {
      const part = event.detail.elt;
      waiting.delete(part);
      failures = 0;
      const saved = scales(part.closest("form")).filter((each) => isScored(each) && !waiting.has(each));
      document.getElementById("done").textContent = saved.length;
    }
  });

  // A note that is being written, or a score on its way, is not lost by a hasty click.
  document.addEventListener("input", (event) => {
    const part = event.target.closest("[data-saves]");
    if (part) waiting.add(part);
  });
  document.addEventListener("submit", () => waiting.clear());
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copies);
    field.select();
    const copied = navigator.clipboard ? navigator.clipboard.writeText(field.value) : Promise.resolve(document.execCommand("copy"));
    copied.then(() => {
      document.getElementById(button.dataset.tells).textContent = button.dataset.copied;
    });
  });
  for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
})();
