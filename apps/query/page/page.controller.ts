/** The page at `/`: two boards, the funnel and the newest deals, live. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';

const asset = (name: string): string => readFileSync(join(__dirname, 'assets', name), 'utf8');
const PAGE = asset('index.html');
const STYLE = asset('page.css');
const SCRIPT = asset('page.mjs');
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

@Controller()
export class PageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('referrer-policy', 'no-referrer')
  @Header('x-content-type-options', 'nosniff')
  page(): string {
    return PAGE;
  }

  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  style(): string {
    return STYLE;
  }

  @Get('page.mjs')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  script(): string {
    return SCRIPT;
  }
}
