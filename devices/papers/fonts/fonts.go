// Package fonts carries the type of the window and of the papers: Atkinson
// Hyperlegible Next, drawn so that no two letters are taken for each other. It
// has the letters of Welsh and of the languages of Europe that use the Latin
// script, and is under the SIL Open Font License (OFL.txt).
package fonts

import "embed"

//go:embed *.ttf
var files embed.FS

// The styles of the type.
const (
	Regular        = "Regular"
	Italic         = "Italic"
	SemiBold       = "SemiBold"
	SemiBoldItalic = "SemiBoldItalic"
)

// TTF is the TrueType file of one of the styles. The caller may change it.
func TTF(style string) []byte {
	data, err := files.ReadFile(style + ".ttf")
	if err != nil {
		panic(err) // part of the program, asked for by a constant
	}
	return data
}
