"use strict";
{
  const byId = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll(".picture")];
  const linkOf = (card) => card.querySelector("a[data-after]");

  // Thumbnails stand in the page once; wherever else a picture is shown, it is taken from there.
  const thumbnailOf = (anchor) => {
    const card = byId(anchor);
    const image = card && card.querySelector("img");
    return image ? image.dataset.thumb || image.getAttribute("src") : "";
  };
  const show = (image) => {
    const source = thumbnailOf(image.dataset.of);
    if (source) image.src = source;
    delete image.dataset.of;
  };
  const waiting = [...document.querySelectorAll("img[data-of]")];
  const near = new IntersectionObserver((seen) => {
    for (const each of seen.filter((entry) => entry.isIntersecting)) {
      near.unobserve(each.target);
      show(each.target);
    }
  }, { rootMargin: "800px" });
  for (const image of waiting) near.observe(image);
  addEventListener("beforeprint", () => {
    for (const image of waiting) if (image.dataset.of) show(image);
  });
  // A sheet that is not beside the page is at least shown in small.
  for (const image of document.querySelectorAll("img[data-thumb]")) {
    const instead = () => { if (image.src !== image.dataset.thumb) image.src = image.dataset.thumb; };
    if (image.complete && !image.naturalWidth && image.currentSrc) instead();
    image.addEventListener("error", instead);
  }

  // The filter.
  const photos = cards.filter((card) => card.dataset.words !== undefined);
  const search = byId("search");
  const onlyRemarks = byId("only-remarks");
  const narrow = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of photos) {
      const fits = words.every((word) => card.dataset.words.includes(word))
        && (!onlyRemarks.checked || card.classList.contains("remarked"));
      card.hidden = !fits;
      count += fits;
    }
    const said = byId("shown");
    if (count === photos.length) said.textContent = "";
    else if (!count) said.textContent = said.dataset.none;
    else said.textContent = `${count} ${said.dataset.of} ${photos.length} ${said.dataset.word}`;
  };
  if (search) {
    search.form.hidden = false;
    search.form.addEventListener("submit", (event) => event.preventDefault());
    search.addEventListener("input", narrow);
    onlyRemarks.addEventListener("change", narrow);
    narrow();
  }

  // One picture in depth.
  const depth = byId("depth");
  const compare = byId("compare");
  const before = byId("depth-before");
  const after = byId("depth-after");
  const slider = byId("slider");
  let current = null;
  let opener = null;
  let pushed = false;

  const inTurn = () => cards.filter((card) => !card.hidden);
  const cut = () => {
    compare.style.setProperty("--cut", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", `${slider.value} %`);
  };
  const zoom = () => {
    const chosen = depth.querySelector("input[name=zoom]:checked").value;
    compare.classList.toggle("zoomed", chosen !== "fit");
    compare.style.setProperty("--zoom", Number(chosen) / devicePixelRatio || 1);
  };
  const alone = (hasNoBefore, isMissing) => {
    compare.classList.toggle("alone", hasNoBefore);
    byId("no-original").hidden = !hasNoBefore || !isMissing;
  };
  const look = (card) => {
    current = card;
    const { after: source, before: original, width, height, title } = linkOf(card).dataset;
    const isSheet = card.classList.contains("sheet");
    byId("depth-title").textContent = title;
    const turn = inTurn();
    const place = turn.indexOf(card);
    byId("depth-place").textContent = place < 0 ? "" : `${place + 1} / ${turn.length}`;
    byId("depth-previous").disabled = place <= 0;
    byId("depth-next").disabled = place < 0 || place === turn.length - 1;
    compare.style.setProperty("--wide", width);
    compare.style.setProperty("--high", height);
    byId("not-here").hidden = true;
    alone(!original, !isSheet);
    after.alt = title;
    before.alt = "";
    after.src = source;
    if (original) before.src = original;
    else before.removeAttribute("src");
    slider.value = 50;
    cut();
    zoom();
    const known = byId("known");
    known.replaceChildren(
      ...[".remarked-by", ".figures"].map((part) => card.querySelector(`:scope > ${part}`))
        .filter(Boolean).map((part) => part.cloneNode(true)),
    );
  };
  const open = (card, from) => {
    opener = from;
    look(card);
    if (!depth.open) depth.showModal();
    depth.scrollTop = 0;
    (linkOf(card).dataset.before ? slider : byId("depth-close")).focus({ preventScroll: true });
  };
  const step = (by) => {
    const turn = inTurn();
    const next = turn[turn.indexOf(current) + by];
    if (!next) return;
    history.replaceState(history.state, "", `#${next.id}`);
    look(next);
    opener = linkOf(next);
  };

  after.addEventListener("error", () => { byId("not-here").hidden = false; });
  before.addEventListener("error", () => alone(true, true));
  slider.addEventListener("input", cut);
  for (const choice of depth.querySelectorAll("input[name=zoom]")) choice.addEventListener("change", zoom);
  byId("depth-previous").addEventListener("click", () => step(-1));
  byId("depth-next").addEventListener("click", () => step(1));
  byId("depth-close").addEventListener("click", () => depth.close());
  depth.addEventListener("keydown", (event) => {
    if (event.target.matches("input") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  depth.addEventListener("close", () => {
    if (pushed) history.back();
    else history.replaceState(null, "", "#");
    pushed = false;
    if (opener) opener.focus();
    after.removeAttribute("src");
    before.removeAttribute("src");
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const card = byId(link.dataset.picture);
    if (!card) return;
    event.preventDefault();
    history.pushState({ picture: true }, "", `#${card.id}`);
    pushed = true;
    open(card, link);
  });
  addEventListener("popstate", () => {
    if (depth.open && !location.hash.match(/^#(photo|sheet)-\d+$/)) {
      pushed = false;
      depth.close();
    }
  });
  const asked = location.hash && byId(location.hash.slice(1));
  if (asked && asked.classList.contains("picture")) open(asked, linkOf(asked));

  // A run that goes on writes this page anew; a person who is reading is not disturbed.
  const written = Number(document.body.dataset.written);
  if (written) {
    const renew = () => {
      byId("stopped").hidden = Date.now() - written < 120000;
      const reading = depth.open || document.querySelector("details[open]") || (search && search.value);
      if (!reading && !document.hidden) location.reload();
    };
    byId("stopped").hidden = Date.now() - written < 120000;
    setInterval(renew, 5000);
  }
}
