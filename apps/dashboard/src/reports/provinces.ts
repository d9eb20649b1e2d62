/**
 * A tile for each province, placed roughly where it lies: a layout of our own, no map and no borders.
 * `[column, row]`, from the west and from the north.
 */
export const TILES: Readonly<Record<string, readonly [number, number]>> = {
  黑龙江: [9, 1],
  内蒙古: [7, 2],
  吉林: [9, 2],
  新疆: [1, 3],
  甘肃: [4, 3],
  宁夏: [5, 3],
  北京: [7, 3],
  天津: [8, 3],
  辽宁: [9, 3],
  西藏: [1, 5],
  青海: [3, 4],
  陕西: [5, 4],
  山西: [6, 4],
  河北: [7, 4],
  山东: [8, 4],
  四川: [4, 5],
  重庆: [5, 5],
  河南: [6, 5],
  安徽: [7, 5],
  江苏: [8, 5],
  上海: [9, 5],
  贵州: [4, 6],
  湖南: [5, 6],
  湖北: [6, 6],
  江西: [7, 6],
  浙江: [8, 6],
  云南: [3, 7],
  广西: [5, 7],
  广东: [6, 7],
  福建: [7, 7],
  台湾: [9, 7],
  海南: [5, 8],
  澳门: [6, 8],
  香港: [7, 8],
};

/** How dark a tile is, from 0 (none) to 4, by its share of the largest. */
export const shade = (value: number, most: number): number =>
  value <= 0 || most <= 0 ? 0 : Math.min(4, Math.ceil((value / most) * 4));
