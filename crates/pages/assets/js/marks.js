// Marks that turn the direction of text, written out where a script shows what strangers wrote; pages of the server do the same.

/** A text with its marks as `\u{202e}`. */
export const visible = (text) => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (mark) => `\\u{${mark.codePointAt(0).toString(16)}}`);
