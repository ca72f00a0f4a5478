// Command icon draws the program's picture, an SVG, as a PNG of 256 by 256, from which
// go-winres makes the sizes of a Windows icon. It draws with the toolkit's own renderer,
// pinned in go.mod, so that every build draws the same pixels.
//
//	go run .ci/release.d/icon.go SVG PNG
package main

import (
	"image"
	"image/png"
	"log"
	"os"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

const size = 256

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: icon SVG PNG")
	}
	icon, err := oksvg.ReadIcon(os.Args[1], oksvg.StrictErrorMode)
	if err != nil {
		log.Fatal(err)
	}
	icon.SetTarget(0, 0, size, size)
	picture := image.NewRGBA(image.Rect(0, 0, size, size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, picture, picture.Bounds())), 1)
	out, err := os.Create(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if err := png.Encode(out, picture); err != nil {
		log.Fatal(err)
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
}
