"use strict";
// What a report does beyond showing: search, copy, download. Without it everything is there to read.
(() => {
  const most = 100;
  const search = document.getElementById("search");
  if (search) {
    const field = search.querySelector("input");
    const list = search.querySelector("ol");
    const told = search.querySelector("[role=status]");
    const rows = [...document.querySelectorAll("tr[data-wrong]")].map((row) => [row.textContent.toLowerCase(), row]);
    let tenants = null;
    const read = () => [...document.querySelectorAll("[data-standing]")].flatMap((standing) =>
      standing.querySelector(".names").textContent.split("\n").map((name) => [name.toLowerCase(), name, standing]));
    const item = ([, name, standing]) => {
      const line = document.createElement("li");
      const link = standing.querySelector("a.to-group");
      line.append(name, " ", standing.querySelector(".pill").cloneNode(true));
      if (link) line.append(" ", link.cloneNode(true));
      return line;
    };
    field.addEventListener("input", () => {
      const asked = field.value.trim().toLowerCase();
      tenants ??= read();
      const found = asked ? tenants.filter(([name]) => name.includes(asked)) : [];
      let objects = 0;
      for (const [text, row] of rows) {
        row.hidden = !text.includes(asked);
        objects += !row.hidden;
      }
      list.replaceChildren(...found.slice(0, most).map(item));
      told.textContent = !asked ? "" :
        `${found.length.toLocaleString("en")} tenants${found.length > most ? ` (the first ${most} are listed)` : ""}` +
        (rows.length ? `, ${objects.toLocaleString("en")} of ${rows.length.toLocaleString("en")} differences` : "");
    });
    search.hidden = false;
  }

  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", () => act(made, words));
    return made;
  };
  const copy = async (text, made, words) => {
    try {
      await navigator.clipboard.writeText(text);
      made.textContent = "Copied";
    } catch {
      made.textContent = "The browser does not let it be copied";
    }
    setTimeout(() => { made.textContent = words; }, 2000);
  };
  const download = (text, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const lines = JSON.parse(document.querySelector("[data-lines]")?.dataset.lines ?? "[]");
  const whole = (script) => JSON.parse(script).map((number) => lines[number]).join("\n");
  for (const tools of document.querySelectorAll("[data-sql]")) {
    const { sql, script, file } = tools.dataset;
    tools.append(
      button("Copy SQL", (made, words) => copy(JSON.parse(sql), made, words)), " ",
      button("Download for psql", () => download(whole(script), file)));
    tools.hidden = false;
  }
})();
