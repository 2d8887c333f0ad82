// Saves workbooks again: node save.js <writer>, pairs of source and target as JSON on standard input.
const fs = require("fs");

const WRITERS = {
  async sheetjs(data) {
    const XLSX = require("xlsx");
    const book = XLSX.read(data, { type: "buffer", cellNF: true, cellStyles: true });
    return XLSX.write(book, { type: "buffer", bookType: "xlsx", compression: true });
  },
  async exceljs(data) {
    const ExcelJS = require("exceljs");
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(data);
    return Buffer.from(await book.xlsx.writeBuffer());
  },
  async populate(data) {
    const Populate = require("xlsx-populate");
    const book = await Populate.fromDataAsync(data);
    return book.outputAsync();
  },
};

(async () => {
  const save = WRITERS[process.argv[2]];
  for (const [source, target] of JSON.parse(fs.readFileSync(0, "utf8"))) {
    fs.writeFileSync(target, await save(fs.readFileSync(source)));
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
