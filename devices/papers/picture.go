package papers

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // signatures come as JPEG
	"image/png"

	"codeberg.org/go-pdf/fpdf"
)

// Bounds of a picture of a signature.
const (
	maxPicture = 4 << 20 // bytes
	maxPixels  = 8 << 20
)

// picture is a picture that was checked, in a form that the library takes.
type picture struct {
	png           []byte
	width, height int
}

// readSignature checks a picture and makes it dark on white; nil is no picture.
func readSignature(data []byte) (*picture, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if len(data) > maxPicture {
		return nil, fmt.Errorf("%w: %d bytes", ErrSignature, len(data))
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("%w: %d by %d", ErrSignature, config.Width, config.Height)
	}
	source, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	grey := image.NewGray(image.Rect(0, 0, config.Width, config.Height))
	draw.Draw(grey, grey.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(grey, grey.Bounds(), source, source.Bounds().Min, draw.Over)
	var out bytes.Buffer
	if err := png.Encode(&out, grey); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	return &picture{out.Bytes(), config.Width, config.Height}, nil
}

// picture draws a picture within a box, as large as it keeps its shape.
func (p *page) picture(of picture, x, y, width, height float64) {
	scale := min(width/float64(of.width), height/float64(of.height))
	w, h := float64(of.width)*scale, float64(of.height)*scale
	options := fpdf.ImageOptions{ImageType: "PNG"}
	p.pdf.RegisterImageOptionsReader("signature", options, bytes.NewReader(of.png))
	p.pdf.ImageOptions("signature", x, y+height-h, w, h, false, options, 0, "")
}
