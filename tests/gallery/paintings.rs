//! Pictures for the demo community, drawn as SVG and painted by the browser: no photograph has to be kept.

/// Tomato plants whose lower leaves turn yellow.
pub(super) const LEAVES: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#f7dfb8"/><stop offset="1" stop-color="#f2b98a"/></linearGradient></defs>
<rect width="1200" height="800" fill="url(#sky)"/><circle cx="940" cy="190" r="95" fill="#fff3d6"/>
<path d="M0 560c180-90 330-60 520-10s430 40 680-60v310H0z" fill="#7f9a5a"/><path d="M0 640c300-60 700-40 1200-20v180H0z" fill="#6b4a33"/>
<g stroke="#4f6b3d" stroke-width="14" fill="none" stroke-linecap="round"><path d="M330 700C320 540 350 380 330 240"/><path d="M620 710C640 540 600 360 630 200"/><path d="M900 700C890 560 920 440 900 300"/></g>
<g fill="#5f8a45"><ellipse cx="260" cy="330" rx="92" ry="36" transform="rotate(-24 260 330)"/><ellipse cx="410" cy="290" rx="92" ry="36" transform="rotate(22 410 290)"/><ellipse cx="545" cy="300" rx="96" ry="38" transform="rotate(-20 545 300)"/><ellipse cx="710" cy="270" rx="96" ry="38" transform="rotate(20 710 270)"/><ellipse cx="830" cy="390" rx="84" ry="34" transform="rotate(-24 830 390)"/><ellipse cx="980" cy="370" rx="84" ry="34" transform="rotate(24 980 370)"/></g>
<g fill="#d9b83f"><ellipse cx="255" cy="500" rx="92" ry="34" transform="rotate(14 255 500)"/><ellipse cx="420" cy="520" rx="86" ry="32" transform="rotate(-12 420 520)"/><ellipse cx="540" cy="540" rx="88" ry="34" transform="rotate(16 540 540)"/><ellipse cx="715" cy="530" rx="88" ry="34" transform="rotate(-14 715 530)"/></g>
<g fill="#c8402b"><circle cx="370" cy="420" r="40"/><circle cx="580" cy="420" r="46"/><circle cx="680" cy="400" r="40"/><circle cx="930" cy="490" r="38"/></g></svg>"##;

/// Seeds in packets on a table.
pub(super) const SEEDS: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800">
<rect width="1200" height="800" fill="#c79a6b"/><g stroke="#b4875a" stroke-width="6"><path d="M0 160h1200M0 330h1200M0 500h1200M0 670h1200"/></g>
<g transform="rotate(-6 320 400)"><rect x="190" y="180" width="280" height="420" rx="12" fill="#fdf6e8"/><rect x="190" y="180" width="280" height="80" rx="12" fill="#2f6a5b"/><circle cx="330" cy="420" r="92" fill="#c8402b"/><path d="M330 330c-26-34-60-30-74-22 30 6 46 18 74 22 22-14 46-26 76-22-22-16-56-12-76 22z" fill="#4f6b3d"/></g>
<g transform="rotate(4 640 410)"><rect x="520" y="190" width="280" height="420" rx="12" fill="#fdf6e8"/><rect x="520" y="190" width="280" height="80" rx="12" fill="#a8401f"/><path d="M660 330c54 60 54 150 0 210-54-60-54-150 0-210z" fill="#e0862b"/><path d="M660 330c-14-30 0-52 0-52s14 22 0 52z" fill="#4f6b3d"/></g>
<g fill="#5b4330"><ellipse cx="930" cy="330" rx="16" ry="10"/><ellipse cx="985" cy="380" rx="16" ry="10"/><ellipse cx="915" cy="430" rx="16" ry="10"/><ellipse cx="1010" cy="470" rx="16" ry="10"/><ellipse cx="950" cy="520" rx="16" ry="10"/><ellipse cx="1050" cy="400" rx="16" ry="10"/></g></svg>"##;

/// The wide picture above the community.
pub(super) const GARDEN: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="1500" height="500">
<rect width="1500" height="500" fill="#dfeae0"/><circle cx="1230" cy="120" r="70" fill="#f6d58c"/>
<g fill="#b9a08a"><rect x="60" y="120" width="190" height="280"/><rect x="270" y="60" width="150" height="340"/><rect x="440" y="150" width="220" height="250"/><rect x="980" y="90" width="170" height="310"/><rect x="1170" y="170" width="260" height="230"/></g>
<g fill="#f4e6cf"><rect x="90" y="160" width="36" height="50"/><rect x="160" y="160" width="36" height="50"/><rect x="300" y="110" width="34" height="50"/><rect x="355" y="110" width="34" height="50"/><rect x="480" y="200" width="40" height="50"/><rect x="570" y="200" width="40" height="50"/><rect x="1010" y="140" width="36" height="50"/><rect x="1080" y="140" width="36" height="50"/><rect x="1220" y="220" width="40" height="50"/><rect x="1320" y="220" width="40" height="50"/></g>
<path d="M0 360c260-50 520-20 780-30s480-40 720 0v170H0z" fill="#7f9a5a"/><g fill="#6b4a33"><rect x="140" y="400" width="300" height="60" rx="10"/><rect x="520" y="400" width="300" height="60" rx="10"/><rect x="900" y="400" width="300" height="60" rx="10"/></g>
<g fill="#4f7a3a"><circle cx="190" cy="385" r="34"/><circle cx="280" cy="380" r="40"/><circle cx="380" cy="386" r="32"/><circle cx="580" cy="384" r="36"/><circle cx="680" cy="378" r="42"/><circle cx="770" cy="386" r="30"/><circle cx="960" cy="384" r="36"/><circle cx="1060" cy="380" r="38"/><circle cx="1150" cy="386" r="32"/></g>
<g fill="#c8402b"><circle cx="280" cy="374" r="9"/><circle cx="300" cy="392" r="9"/><circle cx="680" cy="372" r="9"/><circle cx="1060" cy="376" r="9"/><circle cx="1046" cy="394" r="9"/></g></svg>"##;

/// A picture for the community's name.
pub(super) const SPROUT: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">
<rect width="400" height="400" fill="#e2efe9"/><path d="M200 330V190" stroke="#2f6a5b" stroke-width="18" stroke-linecap="round"/>
<path d="M200 210c-10-80-70-110-130-110 0 70 50 120 130 110z" fill="#4f8a5c"/><path d="M200 190c6-90 70-120 136-120 0 80-56 130-136 120z" fill="#2f6a5b"/>
<path d="M110 340c50-26 130-26 180 0z" fill="#6b4a33"/></svg>"##;

/// What somebody shows as their own face.
pub(super) const FACE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">
<rect width="400" height="400" fill="#f3cfa4"/><path d="M60 400c10-90 70-130 140-130s130 40 140 130z" fill="#33667c"/>
<circle cx="200" cy="170" r="86" fill="#c98d62"/><path d="M108 170c-10-90 50-126 96-126 60 0 102 44 88 126-14-40-40-58-92-58s-80 20-92 58z" fill="#3b2a20"/>
<circle cx="170" cy="176" r="8" fill="#2a231d"/><circle cx="230" cy="176" r="8" fill="#2a231d"/><path d="M168 212c18 18 46 18 64 0" stroke="#2a231d" stroke-width="6" fill="none" stroke-linecap="round"/></svg>"##;
