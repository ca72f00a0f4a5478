// Package widgets holds the widgets of the window: a table, a drop zone, the
// passphrase entry and their like. They know nothing of sticks, keys or the
// register.
//
// # Promised
//
//   - Every part can be reached and used with the keyboard alone and shows where
//     the focus is with a ring.
//   - Parts take their colours and sizes from the theme (see the colour names in
//     style.go), so that they follow light, dark, high contrast and large text.
//   - Text arrives ready to show; what a part says of its own accord (Cancel, Show
//     passphrase) comes from the *i18n.Words it is given.
//   - Parts tell screen readers what they are, as far as Fyne carries it.
//
// A part made of several widgets is no widget itself: its View is what goes onto the
// page. Its methods change what it shows.
//
// # Not promised
//
// Parts are not safe for concurrent use: they belong to the goroutine that draws the
// window, as all of Fyne's widgets do. Use Session.Do or jobs from elsewhere.
package widgets
