/** Reports and lists of records as files: CSV and spreadsheets. */
export { recordsDownload, reportDownload, type Download, type DownloadOptions } from './download';
export { type FileFormat } from './file-name';
export { csv } from './csv';
export { type Cell, type Document, type Row, type Table } from './table';
export { xlsx, type XlsxOptions } from './xlsx/workbook';
