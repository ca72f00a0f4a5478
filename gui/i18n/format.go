package i18n

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Number writes a whole number with separators: 12,345.
func (w *Words) Number(n int64) string {
	digits := strconv.FormatUint(magnitude(n), 10)
	var b strings.Builder
	if n < 0 {
		b.WriteString("−")
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// magnitude is |n|, also of the smallest int64.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Size writes a number of bytes as drives are sold and labelled, in decimal
// units with three significant digits: "0 bytes", "512 bytes", "1.25 MB", "64 GB".
func (w *Words) Size(bytes int64) string {
	if bytes > -1000 && bytes < 1000 {
		return w.N("size.bytes", int(bytes))
	}
	value, unit := float64(bytes), 0
	units := [...]string{"", "kB", "MB", "GB", "TB", "PB", "EB"}
	for math.Abs(value) >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	return short(value) + "\u00a0" + units[unit]
}

// short writes a value with three significant digits and no idle zeros.
func short(value float64) string {
	decimals := 2
	switch a := math.Abs(value); {
	case a >= 99.95:
		decimals = 0
	case a >= 9.995:
		decimals = 1
	}
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	if decimals > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Speed writes bytes a second: "12.3 MB/s".
func (w *Words) Speed(bytesPerSecond float64) string {
	return w.T("size.speed", "size", w.Size(int64(bytesPerSecond)))
}

// Percent writes a share between 0 and 1: "37 %". Only what is whole is 100 %,
// and only what is nothing is 0 %.
func (w *Words) Percent(share float64) string {
	p := int(math.Round(share * 100))
	switch {
	case share > 0 && p == 0:
		p = 1
	case share < 1 && p >= 100:
		p = 99
	}
	return fmt.Sprintf("%d%%", p)
}

// Duration writes a length of time in at most two units: "5 seconds",
// "2 minutes", "1 hour 5 minutes", "3 days 4 hours".
func (w *Words) Duration(d time.Duration) string {
	d = d.Round(time.Second)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0:
		return w.two("time.days", days, "time.hours", hours)
	case hours > 0:
		return w.two("time.hours", hours, "time.minutes", minutes)
	case minutes >= 5:
		return w.N("time.minutes", minutes)
	case minutes > 0:
		return w.two("time.minutes", minutes, "time.seconds", int(d/time.Second)%60)
	}
	return w.N("time.seconds", int(d/time.Second))
}

// two joins a larger unit and, when there is any, a smaller one.
func (w *Words) two(large Key, n int, small Key, m int) string {
	if m == 0 {
		return w.N(large, n)
	}
	return w.N(large, n) + " " + w.N(small, m)
}

// Left says how long something will still take, no more exactly than it can be
// known: "a few seconds left", "about 20 seconds left", "about 3 minutes left".
func (w *Words) Left(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return w.T("time.left.moments")
	case d < 55*time.Second:
		d = (d + 5*time.Second).Truncate(10 * time.Second)
	case d < time.Hour:
		d = max(d.Round(time.Minute), time.Minute)
	default:
		d = d.Round(5 * time.Minute)
	}
	return w.T("time.left.about", "time", w.Duration(d))
}

// Date writes a day, in local time: "3 September 2026".
func (w *Words) Date(t time.Time) string {
	t = t.In(w.zone)
	return fmt.Sprintf("%d\u00a0%s %d", t.Day(), w.months[t.Month()-1], t.Year())
}

// Zone is where times are shown: this computer's local time, except in tests.
func (w *Words) Zone() *time.Location { return w.zone }

// ShortDate writes a day for tables, in local time: "03/09/2026".
func (w *Words) ShortDate(t time.Time) string { return t.In(w.zone).Format("02/01/2006") }

// Time writes the time of day, in local time: "14:05".
func (w *Words) Time(t time.Time) string { return t.In(w.zone).Format("15:04") }

// DateTime writes a day and the time, in local time: "3 September 2026, 14:05".
func (w *Words) DateTime(t time.Time) string { return w.Date(t) + ", " + w.Time(t) }

// ShortDateTime writes a day and the time for tables: "03/09/2026 14:05".
func (w *Words) ShortDateTime(t time.Time) string { return w.ShortDate(t) + " " + w.Time(t) }

// When writes a day and time as people say it at the moment now: "today, 14:05",
// "yesterday, 09:30", "tomorrow, 12:00", and otherwise as DateTime.
func (w *Words) When(t, now time.Time) string {
	switch w.daysFrom(t, now) {
	case 0:
		return w.T("date.today", "time", w.Time(t))
	case -1:
		return w.T("date.yesterday", "time", w.Time(t))
	case 1:
		return w.T("date.tomorrow", "time", w.Time(t))
	}
	return w.DateTime(t)
}

// daysFrom counts the midnights from now to t.
func (w *Words) daysFrom(t, now time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(w.zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(t).Sub(day(now)) / (24 * time.Hour))
}

// List joins items as a sentence does: "a", "a and b", "a, b and c".
func (w *Words) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return w.T("list.and", "first", strings.Join(items[:last], ", "), "last", items[last])
}
