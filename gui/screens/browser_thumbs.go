package screens

import (
	"context"
	"image"

	"golang.org/x/image/draw"

	"stowage/crypt"
	"stowage/crypt/stick"
	"stowage/gui/widgets"
)

// What is held of thumbnails at most.
const (
	mostThumbs   = 300     // thumbnails
	mostThumbed  = 8 << 20 // bytes of a picture that has one
	widestThumb  = 64      // pixels
	mostWaitings = 100     // that wait to be made: what is in view is asked for last
)

// thumbnails are small pictures of those files in view that are pictures, in memory alone.
// One is made after the other, off the window, and none once the stick is locked.
type thumbnails struct {
	b       *browser
	made    map[thumbKey]image.Image // nil where there is none, or not yet
	waiting []stick.Entry
	working bool
	ctx     context.Context // of the list of files: it ends when that is left
	end     context.CancelFunc
}

// thumbKey names a picture: one that was changed has another thumbnail.
type thumbKey struct {
	path    string
	size    int64
	changed int64
}

func newThumbnails(b *browser) *thumbnails {
	t := &thumbnails{b: b, made: map[thumbKey]image.Image{}}
	t.ctx, t.end = context.WithCancel(context.Background())
	return t
}

// of is the thumbnail of a file, nil where there is none yet.
func (t *thumbnails) of(e stick.Entry) image.Image {
	if iconOf(e) != widgets.Icon("image") || !viewable(e) || e.Size > mostThumbed {
		return nil
	}
	key := thumbKey{e.Path, e.Size, e.ModTime.UnixNano()}
	if picture, asked := t.made[key]; asked {
		return picture
	}
	if len(t.made) >= mostThumbs {
		clear(t.made)
	}
	t.made[key] = nil
	if len(t.waiting) == mostWaitings {
		old := t.waiting[0]
		delete(t.made, thumbKey{old.Path, old.Size, old.ModTime.UnixNano()})
		t.waiting = t.waiting[1:]
	}
	t.waiting = append(t.waiting, e)
	t.next()
	return nil
}

// next makes the thumbnail that was asked for last.
func (t *thumbnails) next() {
	if t.working || len(t.waiting) == 0 || t.ctx.Err() != nil || t.b.o.locking || t.b.o.ended {
		return
	}
	t.working = true
	e := t.waiting[len(t.waiting)-1]
	t.waiting = t.waiting[:len(t.waiting)-1]
	o, s := t.b.o, t.b.s
	go func() {
		picture := thumbnail(t.ctx, o.stick, e.Path)
		s.Do(func() {
			t.working = false
			if t.ctx.Err() != nil {
				return
			}
			if picture != nil {
				t.made[thumbKey{e.Path, e.Size, e.ModTime.UnixNano()}] = picture
				t.b.table.table.Refresh()
			}
			t.next()
		})
	}()
}

// forget lets go of all thumbnails, and makes no more.
func (t *thumbnails) forget() {
	t.end()
	t.made, t.waiting = map[thumbKey]image.Image{}, nil
}

// thumbnail makes one. A picture that cannot be shown has none, and is not spoken of: the
// viewer says why.
func thumbnail(ctx context.Context, s *stick.Stick, path string) image.Image {
	r, err := s.OpenFile(path)
	if err != nil {
		return nil
	}
	defer r.Close()
	picture, err := readPicture(ctx, r, crypt.OrNoProgress(nil))
	if err != nil {
		return nil
	}
	size := picture.Bounds().Size()
	longest := max(size.X, size.Y, 1)
	to := image.Rect(0, 0, max(size.X*widestThumb/longest, 1), max(size.Y*widestThumb/longest, 1))
	small := image.NewRGBA(to)
	draw.ApproxBiLinear.Scale(small, to, picture, picture.Bounds(), draw.Src, nil)
	return small
}
