package stick

import (
	"fmt"
	"io/fs"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
)

// Usage says what the space is used for.
func (s *Stick) Usage() (Usage, error) {
	s.write.Lock()
	defer s.write.Unlock()
	u := Usage{}
	var err error
	if u.Free, u.Total, err = s.fs.Free(); err != nil {
		return u, fmt.Errorf("ask for free space: %w", err)
	}
	for l, use := range s.layerSpace() {
		u.Layers++
		u.Dead += use.dead
		u.Live += max(0, l.Size()-use.dead)
	}
	for _, dir := range []string{layout.Keys, layout.Contents, layout.Base} {
		if err := drive.EachFile(s.fs, dir, func(_ string, info fs.FileInfo) { u.Other += info.Size() }); err != nil {
			return u, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return u, ErrClosed
	}
	s.tree.Root.Each(func(n *layer.Node) {
		if !n.IsFolder() {
			u.Files++
		}
	})
	return u, nil
}
