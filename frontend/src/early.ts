// The one script that runs before the page is drawn.

import { chosenTheme, showTheme } from "./theme";

showTheme(chosenTheme());
