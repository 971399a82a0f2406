"use strict";
// What pages do beyond showing: copy a text, and follow a scan while it runs. Without it every page is complete.

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

for (const followed of document.querySelectorAll("[data-events]")) {
  const events = new EventSource(followed.dataset.events);
  const bar = followed.querySelector("progress");
  events.addEventListener("progress", (event) => {
    const scan = JSON.parse(event.data);
    for (const pill of document.querySelectorAll("[data-state]")) pill.textContent = scan.state;
    followed.querySelector("[data-waits]").hidden = scan.tenants > 0;
    followed.querySelector("[data-counts]").hidden = !scan.tenants;
    bar.max = scan.tenants || 1;
    bar.value = scan.answered || 0;
    followed.querySelector("[data-answered]").textContent = (scan.answered || 0).toLocaleString("en");
    followed.querySelector("[data-tenants]").textContent = scan.tenants.toLocaleString("en");
  });
  events.addEventListener("finished", () => {
    events.close();
    location.reload();
  });
}
