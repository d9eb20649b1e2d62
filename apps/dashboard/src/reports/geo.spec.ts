import { provinceOf, shapesOf } from './geo';
import { shade, TILES } from './provinces';

describe('the map of provinces', () => {
  it('has a place of its own for each of the 34', () => {
    const places = Object.values(TILES).map(String);
    expect(places).toHaveLength(34);
    expect(new Set(places).size).toBe(34);
  });

  it('shades by the share of the largest', () => {
    expect([0, 1, 25, 26, 100].map((value) => shade(value, 100))).toEqual([0, 1, 1, 2, 4]);
    expect(shade(0, 0)).toBe(0);
  });

  it('draws a mounted map, and knows provinces by their long names', () => {
    expect(provinceOf('广西壮族自治区')).toBe('广西');
    expect(provinceOf('南海诸岛')).toBeNull();
    const square = [
      [
        [0, -1],
        [2, -1],
        [2, 1],
        [0, 1],
        [0, -1],
      ],
    ];
    const shapes = shapesOf({
      features: [
        { properties: { name: '广东省' }, geometry: { type: 'Polygon', coordinates: square } },
        { properties: null, geometry: { type: 'MultiPolygon', coordinates: [square, square] } },
        { properties: { name: '上海' }, geometry: null },
      ],
    });
    expect(shapes.map(({ province }) => province)).toEqual(['广东', null, '上海']);
    expect(shapes[0]?.path).toBe('M0.0 450.0L450.0 450.0L450.0 0.0L0.0 0.0L0.0 450.0Z');
    expect(shapes[1]?.path.match(/M/g)).toHaveLength(2);
    expect(shapesOf({ features: [] })).toEqual([]);
  });
});
