// Words for codes.
export const authority = {
  mfn: 'Base rate', section_232: 'Section 232', section_301: 'Section 301', ieepa_fentanyl: 'IEEPA, fentanyl', ieepa_reciprocal: 'IEEPA, reciprocal',
  section_122: 'Section 122', section_201: 'Section 201', section_338: 'Section 338', anti_dumping: 'Anti-dumping', retaliation: 'Retaliation', other: 'Other orders',
};
export const authorityName = (code) => authority[code] ?? code;

export const bandNames = ['A', 'B', 'C', 'D', 'E', 'none'];

// Chapters of the Harmonized System, in short.
const chapters = `01 Live animals|02 Meat|03 Fish|04 Dairy, eggs, honey|05 Animal products|06 Live plants|07 Vegetables|08 Fruit and nuts|09 Coffee, tea, spices|10 Cereals|
11 Milling products|12 Oil seeds|13 Gums, resins|14 Plaiting materials|15 Fats and oils|16 Prepared meat, fish|17 Sugars|18 Cocoa|19 Cereal preparations|
20 Prepared vegetables, fruit|21 Food preparations|22 Beverages|23 Fodder|24 Tobacco|25 Salt, stone, cement|26 Ores|27 Mineral fuels|28 Inorganic chemicals|
29 Organic chemicals|30 Pharmaceuticals|31 Fertilisers|32 Dyes, paints|33 Perfumery, cosmetics|34 Soap, waxes|35 Albumins, glues|36 Explosives|37 Photographic goods|
38 Chemical products|39 Plastics|40 Rubber|41 Hides, leather|42 Leather goods|43 Furskins|44 Wood|45 Cork|46 Basketware|47 Pulp|48 Paper|49 Printed matter|50 Silk|
51 Wool|52 Cotton|53 Vegetable fibres|54 Man-made filaments|55 Man-made staple fibres|56 Wadding, felt, rope|57 Carpets|58 Special fabrics|59 Coated textiles|
60 Knitted fabrics|61 Knitted apparel|62 Woven apparel|63 Textile articles|64 Footwear|65 Headgear|66 Umbrellas|67 Feathers|68 Stone, plaster articles|69 Ceramics|
70 Glass|71 Precious metals|72 Iron and steel|73 Iron, steel articles|74 Copper|75 Nickel|76 Aluminium|78 Lead|79 Zinc|80 Tin|81 Other base metals|82 Tools, cutlery|
83 Metal articles|84 Machinery|85 Electrical machinery|86 Railway|87 Vehicles|88 Aircraft|89 Ships|90 Instruments|91 Clocks|92 Musical instruments|93 Arms|94 Furniture|
95 Toys, sports|96 Manufactured articles|97 Works of art|98 Special provisions|99 Temporary provisions`;
const chapterTitle = new Map(chapters.split('|').map((line) => [line.trim().slice(0, 2), line.trim().slice(3)]));
export const chapterName = (code) => (chapterTitle.has(code) ? `${code} ${chapterTitle.get(code)}` : `Chapter ${code}`);

const regions = new Intl.DisplayNames(['en'], { type: 'region' });
export function countryName(code) {
  try { return regions.of(code) ?? code; } catch { return code; }
}

export const channels = [
  ['direct_demand', 'Direct demand', 'Revenue that own sales lose (-) or gain at the border: price cut and volume together'],
  ['price_cut', 'of it price cut', 'Part of direct demand: revenue given up by lowering the own price'],
  ['diversion', 'of it diversion', 'Part of direct demand: revenue gained where the duties of rivals rise more'],
  ['indirect_demand', 'Indirect demand', 'Orders dropped by customers who lose themselves, all tiers'],
  ['direct_cost', 'Direct cost', 'Own purchases that become dearer'],
  ['indirect_cost', 'Indirect cost', 'What suppliers pass on because they buy dearer themselves, all tiers'],
  ['ebitda', 'EBITDA', 'Change of EBITDA: all channels, with the firms’ margins and what they pass on'],
];
