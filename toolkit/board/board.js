"use strict";
// Shows the data of the page. Texts go into text nodes only, never into markup; widths go through the style object.
(function () {
const D = JSON.parse(document.getElementById("data").textContent);
const W = D.words;
const NARROW = window.matchMedia("(max-width: 640px)").matches;
const AT_ONCE = NARROW ? 15 : 100, NAMED = 6, WORST = 6, LISTED = 200, OURS = -2, A = "a".charCodeAt(0);

// Small tools.
const $ = (id) => document.getElementById(id);
const say = (key, facts) => W[key].replace(/\{(\w+)\}/g, (all, name) => String(facts[name]));
const make = (tag, kind, ...kids) => {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  for (const kid of kids) if (kid !== null && kid !== undefined && kid !== "") node.append(kid);
  return node;
};
const show = (node, ...kids) => { node.textContent = ""; node.append(...kids.filter((kid) => kid !== "")); };
const link = (text, address) => { const node = make("a", "", text); node.href = address; return node; };
const button = (text, press, kind) => {
  const node = make("button", kind || "plain", text);
  node.type = "button";
  node.addEventListener("click", press);
  return node;
};
const tag = (text, look) => make("span", "tag " + look, text);
const options = (select, pairs) => {
  for (const [value, text] of pairs) {
    const node = make("option", "", text);
    node.value = value;
    select.append(node);
  }
};
const numbered = (names) => names.map((name, place) => [String(place), name]);
const goTo = (id) => $(id).scrollIntoView();
const list = (names, most) => {
  const said = names.slice(0, most).join(W.join);
  return names.length > most ? say("more_units", {names: said, count: names.length}) : said;
};

// What the data mean.
const level = (row, clause) => D.levels[row.cells.charCodeAt(clause) - A] || ["", "", ""];
const isBad = (row, clause) => "abc".includes(row.cells[clause]);
const isProved = (clause) => D.clauses[clause].nature < D.natures.length - 1;
const counted = D.units.filter((unit) => unit.cells);
const clauseName = (place) => say("clause", D.clauses[place]);
const rowPlace = (sheet, row) => sheet < 0 ? "" : row ? say("place", {sheet: D.texts[sheet], row}) : say("sheet", {sheet: D.texts[sheet]});
const returned = (file) => file >= 0 && D.returned[file][1] ? link(W.open_file, D.returned[file][1]) : null;
const unitName = (place) => place >= 0 ? D.units[place].name : place === OURS ? W.ours : W.nobody;

// Tables: rows come in portions; on a narrow screen each becomes a card, and `heads` stand before its cells. Where
// `detail` has something to say of a row, its first cell is a button that opens it below.
const shown = new Map();
const table = (place, heads, rows, draw, detail) => {
  const body = make("tbody"), more = button("", () => next(AT_ONCE), "more");
  let done = 0;
  const next = (count) => {
    body.append(...rows.slice(done, done + count).map((row) => tableRow(heads, draw(row), detail && detail(row))));
    done = Math.min(rows.length, done + count);
    more.textContent = say("more", {count: Math.min(AT_ONCE, rows.length - done), left: rows.length - done});
    more.hidden = done === rows.length;
  };
  next(AT_ONCE);
  shown.set(place, next);
  const head = make("tr", "", ...heads.map(([text, kind]) => { const node = make("th", kind, text); node.scope = "col"; return node; }));
  show(place, rows.length ? make("table", "cards", make("thead", "", head), body) : make("p", "soft", W.no_rows), more);
};
const tableRow = (heads, cells, detail) => {
  const line = make("tr", "", ...cells.map((cell, at) => {
    const node = make("td", heads[at][1], at || !detail ? cell : opener(cell, () => line, heads.length, detail));
    node.dataset.head = heads[at][0].replace("\n", "");
    return node;
  }));
  return line;
};
const opener = (name, line, columns, detail) => {
  const press = button(name, () => {
    const open = press.getAttribute("aria-expanded") === "true";
    press.setAttribute("aria-expanded", String(!open));
    if (open) return line().nextSibling.remove();
    const cell = make("td", "wide", detail());
    cell.colSpan = columns;
    line().after(make("tr", "detail", cell));
  }, "opener");
  press.setAttribute("aria-expanded", "false");
  return press;
};
window.addEventListener("beforeprint", () => shown.forEach((next) => next(Infinity)));

// Opens on demand: what stands in it is made when it is opened first.
const opening = (title, fill) => {
  const node = make("details", "", make("summary", "", title));
  node.addEventListener("toggle", () => { if (node.open && node.children.length < 2) node.append(fill()); });
  return node;
};

// Bars: one or two values a row, each with its text.
const bars = (place, rows) => show(place, ...rows.map(([name, values, press]) => {
  const middle = make("span", "tracks"), last = make("span", "values");
  values.forEach(([share, text], at) => {
    const bar = make("i", at ? "light" : "");
    bar.style.width = 100 * (share || 0) + "%";
    middle.append(make("span", "track", bar));
    last.append(make("span", "", text));
  });
  return make("div", "bar", press ? button(name, press) : make("span", "", name), middle, last);
}));
const stack = (parts) => make("div", "stack", ...parts.filter((part) => part[2]).map(([name, look, count]) => {
  const node = make("i", look);
  node.style.flexGrow = count;
  node.title = name + count;
  return node;
}));

function header() {
  document.title = D.title + "·" + document.title;
  $("title").textContent = D.title;
  $("basis").textContent = D.basis;
  show($("said"), ...D.said.map((text) => make("p", "", text)));
  show($("tiles"), ...D.tiles.map(([name, value, note]) =>
    make("div", "tile", make("span", "", name), make("b", value.length > 9 ? "long" : "", value), make("small", "", note))));
}

function results() {
  const chip = ([name, look, count], place) => button(name + " " + count, () => { $("overall").value = String(place); units(); goTo("units"); }, "tag " + look);
  const chips = (from, to) => make("p", "chips", ...D.overalls.map((one, place) => [one, place]).filter(([one, place]) => one[2] && place >= from && place < to)
    .map(([one, place]) => chip(one, place)));
  show($("overalls"), stack(D.overalls.slice(0, D.judged)), chips(0, D.judged));
  show($("states"), stack([[W.counted, "done", counted.length], ...D.overalls.slice(D.judged)]), chips(D.judged, D.overalls.length));
  $("states").lastChild.prepend(make("span", "tag done", W.counted + " " + counted.length));
  const rate = ([met, asked, text]) => [asked ? met / asked : 0, asked ? text : W.none];
  bars($("rates"), D.rates.map(([part, proved, told]) => [D.parts[part], [rate(proved), rate(told)]]));
  $("rates").append(make("p", "soft", W.legend));
}

function returns() {
  const out = D.units.filter((unit) => !unit.cells).sort((one, two) => two.overall - one.overall), time = D.time, place = $("returns");
  const names = out.map((unit) => say("someone", {name: unit.name, overall: D.overalls[unit.overall][0]}));
  if (out.length) place.append(make("p", "soft", say("not_counted", {names: list(names, 8)})));
  const columns = time.columns, most = Math.max(1, ...columns.map((column) => column[1]));
  if (columns.length) {
    const first = columns[0][0], last = columns[columns.length - 1][0];
    const chart = make("div", "columns", ...columns.map(([day, count, late]) => {
      const bar = make("i", late ? "light" : ""), text = say("column", {day, count});
      bar.style.height = 100 * count / most + "%";
      const node = make("span", "", count ? make("small", "", String(count)) : "", bar);
      node.title = text;
      return node;
    }));
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", columns.filter((column) => column[1]).map(([day, count]) => say("column", {day, count})).join(W.join));
    place.append(chart, make("p", "soft", say(first === last ? "by_one_day" : "by_" + time.step, {first, last})));
  }
  const notes = [time.undated ? say("undated", {count: time.undated}) : "", columns.some((column) => column[2]) ? say("late", {day: time.deadline}) : ""].filter(Boolean);
  if (notes.length) place.append(make("p", "soft", notes.join("；")));
}

function worst() {
  const hard = D.clauses.map((clause, place) => [clause, place]).filter(([clause]) => clause.nature === 0 && clause.counts[0]);
  hard.sort((one, two) => two[0].counts[0] - one[0].counts[0]);
  bars($("most-missed"), hard.slice(0, WORST).map(([clause, place]) =>
    [clause.name, [[clause.counts[0] / counted.length, say("units", {count: clause.counts[0]})]], () => showClause(place)]));
  const own = counted.filter((unit) => unit.hard), most = Math.max(1, ...own.map((unit) => unit.hard));
  own.sort((one, two) => two.hard - one.hard);
  bars($("worst-units"), own.slice(0, WORST).map((unit) => [unit.name, [[unit.hard / most, String(unit.hard)]], () => showUnit(unit)]));
  for (const id of ["most-missed", "worst-units"]) if (!$(id).firstChild) $(id).append(make("p", "soft", W.nothing_missed));
}

function showUnit(unit) {
  $("search").value = unit.code;
  $("overall").value = "";
  units();
  const press = document.querySelector("#unit-table .opener");
  if (press) press.click();
  goTo("units");
}

function showClause(place) {
  $("part").value = String(D.clauses[place].part);
  $("nature").value = String(D.clauses[place].nature);
  $("bad").checked = true;
  matrix(place);
  goTo("matrix");
}

// Units.
const fault = (unit, [clause, why, fix, sheet, row]) => {
  const [name, sign, look] = level(unit, clause), lines = [say("why", {what: clauseName(clause), why: D.texts[why]})];
  if (D.texts[fix]) lines.push(say("fix", {fix: D.texts[fix]}));
  if (rowPlace(sheet, row)) lines.push(rowPlace(sheet, row));
  return make("li", "", tag(sign + " " + name, look), " ", lines.join("。"));
};
const byWorst = (unit) => (one, two) => D.clauses[one[0]].nature - D.clauses[two[0]].nature
  || unit.cells.charCodeAt(one[0]) - unit.cells.charCodeAt(two[0]) || one[0] - two[0];
function unitDetails(place) {
  const unit = D.units[place], why = unit.why || [], issues = unit.issues[0] + unit.issues[1], file = returned(unit.file);
  if (!why.length && !issues && !file) return null;
  return () => {
    const own = why.filter(([clause]) => isProved(clause)).sort(byWorst(unit)), told = why.filter(([clause]) => !isProved(clause));
    const tools = make("p", "tools", unit.full !== unit.name ? unit.full : "", file);
    if (issues) tools.append(button(say("see_issues", {count: issues}), () => showIssues(place)));
    const node = make("div", "", tools, make("ul", "", ...own.map((one) => fault(unit, one))));
    if (told.length) node.append(opening(say("told_left", {count: told.length}), () => make("ul", "", ...told.map((one) => fault(unit, one)))));
    return node;
  };
}
function showIssues(place) {
  $("whose").value = String(place);
  $("level").value = "";
  issuesTable();
  goTo("issues");
}
const UNIT_HEADS = [[W.head_unit, "wide name"], [W.head_overall, "word"], [W.head_hard, "number"], [W.head_soft, "number"], [W.head_proved, "number"], [W.head_told, "number"], [W.head_orgs, "number"],
  [W.head_members, "number"], [say("head_due", {due: D.due}), "number"], [W.head_paid, "number"], [W.head_issues, "number no-print"], [W.head_state, "wide"]];
function unitRow(place) {
  const unit = D.units[place], [word, look] = D.overalls[unit.overall], none = W.none;
  const figures = unit.cells ? [unit.hard, unit.soft, unit.proved[2], unit.told[2], unit.orgs, unit.members, unit.due, unit.paid] : Array(8).fill(none);
  return [unit.name, tag(word, look), ...figures.map((one) => one === null ? none : String(one)), unit.issues[0] + "／" + unit.issues[1], unit.sentence];
}
const share = (unit) => unit.proved && unit.proved[1] ? unit.proved[0] / unit.proved[1] : 2;
const ORDERS = {
  worst: (one, two) => one - two,
  rate: (one, two) => share(D.units[one]) - share(D.units[two]) || one - two,
  order: (one, two) => D.units[one].order - D.units[two].order || one - two,
};
function units() {
  const asked = $("search").value.trim().toLowerCase(), overall = $("overall").value;
  const found = D.units.map((unit, place) => place).filter((place) => {
    const unit = D.units[place];
    return (overall === "" || String(unit.overall) === overall) && (unit.code + unit.name + unit.full).toLowerCase().includes(asked);
  });
  found.sort(ORDERS[$("sort").value]);
  $("unit-count").textContent = say("units", {count: found.length});
  table($("unit-table"), UNIT_HEADS, found, unitRow, unitDetails);
}

// Clauses. The filters of clauses, here and over the matrix, read alike: "" = all, "+" = those that are not told.
const ofNature = (chosen, clause) => chosen === "" || (chosen === "+" ? isProved(clause) : String(D.clauses[clause].nature) === chosen);
const chosenClauses = (part, nature) => D.clauses.map((clause, place) => place)
  .filter((place) => (part === "" || String(D.clauses[place].part) === part) && ofNature(nature, place));
function clauseRow(place) {
  const clause = D.clauses[place], at = (letter) => counted.filter((unit) => unit.cells[place] === letter).map((unit) => unit.name);
  return [clauseName(place), D.natures[clause.nature], ...clause.counts.map(String), clause.rate, list([...at("a"), ...at("c"), ...at("b")], NAMED), clause.fix];
}
const clauseDetails = (place) => () => make("div", "", make("p", "", say("quote", {quote: D.clauses[place].quote})),
  make("p", "", button(W.see_units, () => showClause(place))));
function clauses() {
  const bad = $("clause-bad").checked, sum = (counts) => counts[0] + counts[1] + counts[2];
  const found = chosenClauses($("clause-part").value, $("clause-nature").value).filter((place) => !bad || sum(D.clauses[place].counts));
  found.sort((one, two) => {
    const [left, right] = [D.clauses[one], D.clauses[two]];
    return left.nature - right.nature || right.counts[0] - left.counts[0] || right.counts[1] - left.counts[1] || one - two;
  });
  $("clause-count").textContent = say("clauses", {count: found.length});
  const heads = [[W.head_clause, "wide"], [W.head_nature, "word"], [W.head_failed, "number"], [W.head_warned, "number"], [W.head_open, "number"], [W.head_rate, "number"], [W.head_who, "wide"], [W.head_fix, "wide"]];
  table($("clause-table"), heads, found, clauseRow, clauseDetails);
}

// Matrix: one listener for all cells; the arrow keys move, the answer stands below.
function answer(cell) {
  const row = cell.row, [name, sign] = level(row, cell.clause), why = row.why.find((one) => one[0] === cell.clause);
  for (const old of document.querySelectorAll("#cells .picked")) { old.classList.remove("picked"); old.tabIndex = -1; }
  cell.classList.add("picked");
  cell.tabIndex = 0;
  const parts = [row.name || W.area, clauseName(cell.clause), (sign + " " + name).trim()];
  if (why) parts.push(D.texts[why[1]], D.texts[why[2]] && say("fix", {fix: D.texts[why[2]]}), rowPlace(why[3], why[4]));
  show($("why"), parts.filter(Boolean).join("｜"), " ", (row.file >= 0 && returned(row.file)) || "");
}
function matrixHead(columns, count) {
  const head = make("tr", "", make("th", "", say("corner", {units: count, clauses: columns.length})));
  for (const place of columns) {
    const node = make("th", "", make("span", "", D.clauses[place].name));
    node.title = clauseName(place);
    node.scope = "col";
    head.append(node);
  }
  return make("thead", "", head);
}
function matrixRow(row, columns) {
  const name = make("th", "", row.name || W.area), line = make("tr", "", name);
  name.scope = "row";
  name.title = row.full || W.area;
  for (const place of columns) {
    const [, sign, look] = level(row, place), cell = make("td", look, sign);
    cell.row = row;
    cell.clause = place;
    cell.tabIndex = -1;
    line.append(cell);
  }
  return line;
}
function matrix(only) {
  const bad = $("bad").checked, chosen = chosenClauses($("part").value, $("nature").value);
  let columns = typeof only === "number" ? [only] : chosen;
  let rows = D.area && !bad ? [D.area, ...counted] : counted;
  if (bad) columns = columns.filter((place) => rows.some((row) => isBad(row, place)));
  if (bad) rows = rows.filter((row) => columns.some((place) => isBad(row, place)));
  const body = make("tbody"), more = button("", () => next(), "more");
  let done = 0;
  const next = () => {
    body.append(...rows.slice(done, done + AT_ONCE).map((row) => matrixRow(row, columns)));
    done = Math.min(rows.length, done + AT_ONCE);
    more.hidden = done === rows.length;
    more.textContent = say("more", {count: Math.min(AT_ONCE, rows.length - done), left: rows.length - done});
  };
  next();
  const grid = make("table", "", matrixHead(columns, rows.length), body);
  if (body.querySelector("td")) body.querySelector("td").tabIndex = 0;
  show($("cells"), grid, more);
  $("why").textContent = "";
}
function moved(event) {
  const cell = event.target, step = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
  if (!cell.row || !(step || event.key === "Enter" || event.key === " ")) return;
  event.preventDefault();
  const line = cell.parentNode, to = step && step[0] ? (step[0] < 0 ? line.previousSibling : line.nextSibling) : line;
  const next = step ? to && to.children[cell.cellIndex + step[1]] : cell;
  if (next && next.row) { next.focus(); answer(next); }
}

// Findings, one row a rule.
function issueList(own) {
  const node = make("ul", "", ...own.slice(0, LISTED).map(([unit, , , file, sheet, cells, what, fix]) => {
    const where = [D.texts[sheet], D.texts[cells]].filter(Boolean).join("!");
    const text = [unitName(unit), where, D.texts[what], D.texts[fix]].filter(Boolean).join("｜");
    return make("li", "", text, " ", returned(file));
  }));
  if (own.length > LISTED) node.append(make("li", "soft", say("more_issues", {count: own.length - LISTED})));
  return node;
}
function issuesTable() {
  const chosen = $("level").value, unit = $("whose").value, rules = new Map();
  const found = D.findings.filter((one) => (chosen === "" || String(one[1]) === chosen) && (unit === "" || String(one[0]) === unit));
  for (const one of found) {
    const key = one[1] + " " + one[2];
    if (!rules.has(key)) rules.set(key, []);
    rules.get(key).push(one);
  }
  const groups = [...rules.values()].sort((one, two) => one[0][1] - two[0][1] || two.length - one.length || one[0][2] - two[0][2]);
  $("issue-count").textContent = say("rows", {count: found.length});
  const heads = [[W.head_what, "wide"], [W.head_level, "word"], [W.head_places, "number"], [W.head_whose, "number"], [W.head_rule, "word"]];
  table($("issue-table"), heads, groups, (own) => [D.texts[own[0][6]], tag(...D.severities[own[0][1]]), String(own.length),
    String(new Set(own.map((one) => one[0])).size), D.texts[own[0][2]]], (own) => () => issueList(own));
}

function controls() {
  options($("overall"), [["", W.all], ...numbered(D.overalls.map((one) => one[0])).filter(([place]) => D.overalls[place][2])]);
  options($("sort"), D.sorts);
  for (const id of ["part", "clause-part"]) options($(id), [["", W.all], ...numbered(D.parts)]);
  for (const id of ["nature", "clause-nature"]) options($(id), [["", W.all], ["+", W.judged], ...numbered(D.natures)]);
  options($("level"), [["", W.all], ...numbered(D.severities.map((one) => one[0]))]);
  const whose = [...new Set(D.findings.map((one) => one[0]))].sort((one, two) => one - two);
  options($("whose"), [["", W.all], ...whose.map((place) => [String(place), unitName(place)])]);
  $("nature").value = "0";
  $("clause-nature").value = "+";
  const listen = (ids, update) => ids.forEach((id) => $(id).addEventListener("input", () => update()));
  listen(["search", "overall", "sort"], units);
  listen(["clause-part", "clause-nature", "clause-bad"], clauses);
  listen(["part", "nature", "bad"], matrix);
  listen(["level", "whose"], issuesTable);
  $("cells").addEventListener("click", (event) => { const cell = event.target.closest("td"); if (cell && cell.row) answer(cell); });
  $("cells").addEventListener("keydown", moved);
  show($("key"), ...D.levels.filter(([, sign], at) => !D.levels.slice(at + 1).some((one) => one[1] === sign))
    .map(([name, sign, look]) => make("span", "tag " + look, say("key", {sign, level: name}))), make("span", "soft", W.key_hint));
}

header();
controls();
results();
returns();
worst();
units();
clauses();
matrix();
issuesTable();
show($("file-list"), ...D.files.map(([name, address, use]) => make("li", "", address ? link(name, address) : name, "　" + use)));
document.documentElement.dataset.ready = "1";
})();
