// The keyboard: tools everywhere on the page, the brush itself where the photo has the focus.

const STEP = 8; // pixels of the screen
const LARGE_STEP = 40;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * `plain`, `control` and `shiftControl` map keys, in lower case, to what they do. `scope` is where
 * they are listened to: the photo alone, where the page has more to do.
 */
export function listenToKeys(painter, { plain, control, shiftControl }, scope = document) {
    const { canvas } = painter.stage;

    /** Whether the key meant the brush. */
    function moveBrush(event) {
        if (event.key === " ") {
            painter.spaceHeld = true;
            painter.refreshCursor();
        } else if (ARROWS[event.key]) {
            const by = event.shiftKey ? LARGE_STEP : STEP;
            const [x, y] = ARROWS[event.key];
            painter.step(x * by, y * by, painter.enterHeld);
        } else if (event.key === "Enter") {
            if (!event.repeat) {
                painter.enterHeld = true;
                painter.step(0, 0, true);
            }
        } else {
            return false;
        }
        return true;
    }

    function act(event) {
        const key = event.key.toLowerCase();
        const withControl = event.ctrlKey || event.metaKey;
        if (!withControl && event.target === canvas && moveBrush(event)) {
            return true;
        }
        const group = withControl ? (event.shiftKey ? shiftControl : control) : plain;
        group[key]?.();
        return key in group;
    }

    scope.addEventListener("keydown", (event) => {
        const isTyping = event.target.matches("input:not([type=range]), textarea, select");
        if (!isTyping && !event.altKey && act(event)) {
            event.preventDefault();
        }
    });
    scope.addEventListener("keyup", (event) => {
        if (event.key === "Enter") {
            painter.enterHeld = false;
        } else if (event.key === " ") {
            painter.spaceHeld = false;
            painter.refreshCursor();
        }
    });
    (scope === document ? window : scope).addEventListener("blur", () => {
        painter.spaceHeld = false;
        painter.enterHeld = false;
    });
}
