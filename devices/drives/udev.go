package drives

import (
	"context"
	"strconv"
	"strings"
)

// volume is what a file system's first blocks tell of it.
type volume struct {
	label, id, fsType string
}

// volume finds the label, identifier and kind of the file system on a device:
// from udev's database, else from the links that udev makes, else by asking
// probe, which needs the right to read the device.
func (s sysfs) volume(ctx context.Context, b block, probe func(context.Context, string) string) volume {
	v := parseUdev(s.text("run/udev/data/b" + s.text(string(b)+"/dev")))
	if v.label == "" {
		v.label = s.linkTo("dev/disk/by-label", b)
	}
	if v.id == "" {
		v.id = s.linkTo("dev/disk/by-uuid", b)
	}
	if v.fsType == "" && probe != nil {
		p := parseUdev(probe(ctx, b.node()))
		if p.fsType != "" {
			v = p
		}
	}
	return v
}

// parseUdev reads the lines KEY=value that udev's built-in blkid and the program
// blkid write, with udev's "E:" before them or without.
func parseUdev(data string) volume {
	var v volume
	for line := range strings.SplitSeq(data, "\n") {
		key, value, _ := strings.Cut(strings.TrimPrefix(line, "E:"), "=")
		switch key {
		case "ID_FS_LABEL_ENC":
			v.label = clean(unhex(value))
		case "ID_FS_UUID_ENC":
			v.id = clean(unhex(value))
		case "ID_FS_TYPE":
			v.fsType = strings.ToLower(clean(value))
		}
	}
	return v
}

// linkTo returns the name of the link in a folder that leads to a device.
func (s sysfs) linkTo(dir string, b block) string {
	for _, name := range s.names(dir) {
		target, ok := s.link(dir + "/" + name)
		if ok && "/"+target == b.node() {
			return clean(unhex(name))
		}
	}
	return ""
}

// unhex undoes udev's escapes: \x20 is a space.
func unhex(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\x`)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if len(after) >= 2 {
			if c, err := strconv.ParseUint(after[:2], 16, 8); err == nil {
				b.WriteByte(byte(c))
				s = after[2:]
				continue
			}
		}
		b.WriteString(`\x`)
		s = after
	}
}
