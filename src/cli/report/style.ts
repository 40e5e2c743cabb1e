/** How a report looks: one column that fits a phone, light or dark as the reader has it, and ink-saving in print. */

export const style = `
:root{color-scheme:light dark;--back:#fff;--card:#f6f7f9;--text:#1c2733;--soft:#5b6875;--line:#dde2e8;--one:#0072b2;--two:#d55e00;--three:#009e73;--shade:#0072b214;--warn:#9a5b00;--warn-back:#fff4e0}
@media(prefers-color-scheme:dark){:root{--back:#11171d;--card:#1a222b;--text:#e4eaf0;--soft:#9aa8b5;--line:#2c3742;--one:#56b4e9;--two:#f0925a;--three:#3ccfa4;--shade:#56b4e91f;--warn:#ffc46b;--warn-back:#33270f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.1rem;margin:2.25rem 0 .75rem}
p{margin:.5rem 0;max-width:46rem}
.soft{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.25rem 0 0}
.tile{background:var(--card);border-radius:.5rem;padding:.75rem 1rem}
.tile b{display:block;font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:.875rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:500;color:var(--soft);font-size:.875rem}
th:first-child,td:first-child{text-align:left;padding-left:0}
td.unit{text-align:left;color:var(--soft)}
ul.remarks{list-style:none;margin:0;padding:0;display:grid;gap:.5rem}
ul.remarks li{background:var(--warn-back);border-left:3px solid var(--warn);border-radius:.25rem;padding:.5rem .75rem}
.chart{margin:0 0 1.25rem}
.chart figcaption{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;font-size:.875rem;color:var(--soft);margin-bottom:.35rem}
.chart figcaption span:first-child{flex:1 1 auto}
.key i{display:inline-block;width:1.1rem;border-top:3px solid;vertical-align:.25em;margin-right:.35rem}
.key.measured i{border-color:var(--two)}.key.simulated i{border-color:var(--one)}
.plot{position:relative;margin:0 .5rem 1.5rem 3.25rem}
.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:hidden;border:1px solid var(--line)}
.plot span{position:absolute;font-size:.75rem;line-height:1;color:var(--soft)}
.plot .y{right:calc(100% + .4rem);transform:translateY(-50%)}
.plot .x{top:calc(100% + .4rem);transform:translateX(-50%)}
.plot .shade-name{top:.4rem;margin-left:.4rem}
.x-label{text-align:center;font-size:.75rem;color:var(--soft);margin-left:3.25rem}
.grid,.level,.curve,.bar{vector-effect:non-scaling-stroke;fill:none}
.grid{stroke:var(--line)}.level{stroke:var(--soft);stroke-dasharray:4 3}
.curve{stroke-width:1.6;stroke-linejoin:round}.measured{stroke:var(--two)}.simulated{stroke:var(--one)}.rest{stroke:var(--three);stroke-width:1.2}
.bar{stroke:var(--one);stroke-width:4}
.shade{fill:var(--shade)}
.heat td{text-align:center;border:1px solid var(--back)}
.range{display:inline-block;position:relative;width:7rem;height:.9rem;vertical-align:middle}
.range i{position:absolute;top:.38rem;height:.14rem;background:var(--soft)}
.range b{position:absolute;top:.2rem;width:.5rem;height:.5rem;margin-left:-.25rem;border-radius:50%;background:var(--one)}
.range u{position:absolute;top:0;height:.9rem;border-left:2px solid var(--two)}
@media(max-width:36rem){body{font-size:15px}.mark{display:none}th,td{padding:.4rem .35rem}.tiles{grid-template-columns:1fr 1fr}.plot{margin-left:2.75rem}.x-label{margin-left:2.75rem}}
@media print{:root{--back:#fff;--card:#fff}.tile{border:1px solid var(--line)}}
`;
