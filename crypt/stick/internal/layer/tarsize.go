package layer

import "stowage/crypt/stick/internal/stickpath"

// TarSize is how much of a layer the record takes.
func (r *Record) TarSize() int64 {
	dir, link := r.Folder(), r.Link()
	plain := stickpath.IsPlainASCII(r.Base) && stickpath.IsPlainASCII(dir) && stickpath.IsPlainASCII(link)
	return tarSize(r.Size, len(dir)+1+len(r.Base)+len(link), plain)
}

func tarSize(size int64, names int, plain bool) int64 {
	blocks := (size + TarBlock - 1) / TarBlock
	header := int64(1)
	if names > 100 || !plain {
		header += 2 + int64(names+64)/TarBlock
	}
	return (blocks + header) * TarBlock
}
